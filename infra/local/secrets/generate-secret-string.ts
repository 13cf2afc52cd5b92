import { randomInt } from "node:crypto";
import * as z from "zod";

export const generateSecretStringSchema = z.object({
  PasswordLength: z.coerce.number().default(32),
  ExcludeCharacters: z.string().default(""),
  ExcludeLowercase: z.boolean().default(false),
  ExcludeUppercase: z.boolean().default(false),
  ExcludeNumbers: z.boolean().default(false),
  ExcludePunctuation: z.boolean().default(false),
  IncludeSpace: z.boolean().default(false),
  RequireEachIncludedType: z.boolean().default(true),
  SecretStringTemplate: z.string().optional(),
  GenerateStringKey: z.string().optional(),
});
type Rules = z.output<typeof generateSecretStringSchema>;

const pick = (characters: string): string => characters.charAt(randomInt(characters.length));

const password = (rules: Rules): string => {
  const classes = [
    rules.ExcludeLowercase ? "" : "abcdefghijklmnopqrstuvwxyz",
    rules.ExcludeUppercase ? "" : "ABCDEFGHIJKLMNOPQRSTUVWXYZ",
    rules.ExcludeNumbers ? "" : "0123456789",
    rules.ExcludePunctuation ? "" : "!\"#$%&'()*+,-./:;<=>?@[\\]^_`{|}~",
    rules.IncludeSpace ? " " : "",
  ]
    .map((characters) => [...characters].filter((one) => !rules.ExcludeCharacters.includes(one)).join(""))
    .filter((characters) => characters !== "");
  for (;;) {
    const made = Array.from({ length: rules.PasswordLength }, () => pick(classes.join(""))).join("");
    const complete = classes.every((characters) => [...characters].some((one) => made.includes(one)));
    if (complete || !rules.RequireEachIncludedType) return made;
  }
};

export const generateSecretString = (rules: Rules): string => {
  const { SecretStringTemplate: template, GenerateStringKey: key } = rules;
  if (template === undefined || key === undefined) return password(rules);
  return JSON.stringify({
    ...z.record(z.string(), z.unknown()).parse(JSON.parse(template)),
    [key]: password(rules),
  });
};
