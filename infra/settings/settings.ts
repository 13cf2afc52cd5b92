// Reads settings from `.env` and the process environment, which takes precedence.
import { readFileSync } from "node:fs";
import { parseEnv } from "node:util";
import * as z from "zod";
import { closestName } from "../command-line/closest-name.ts";
import { isBounceDomain, isIdentityOfSender } from "./deploy-settings.ts";
import { checkDomain } from "./domain-settings.ts";
import { isReachable } from "./event-settings.ts";
import { settingsTable } from "./settings-table.ts";

type Table = typeof settingsTable;
type SettingName = keyof Table;

const entries = Object.entries(settingsTable);
const schemas = Object.fromEntries(entries.map(([name, { schema }]) => [name, schema])) as {
  [Name in SettingName]: Table[Name]["schema"];
};
const settingsSchema = z
  .object(schemas)
  .refine(isIdentityOfSender, {
    path: ["MAIL_IDENTITY"],
    error: "must be MAIL_FROM, its domain or a domain above that",
  })
  .refine(isBounceDomain, {
    path: ["MAIL_FROM_DOMAIN"],
    error:
      "must be below MAIL_IDENTITY, which must be a domain, and no domain of MAIL_FROM. It needs SES_IDENTITY=create",
  })
  .refine(
    ({ MONTHLY_BUDGET_USD, ALARM_EMAIL }) => MONTHLY_BUDGET_USD === undefined || ALARM_EMAIL !== undefined,
    { path: ["MONTHLY_BUDGET_USD"], error: "needs ALARM_EMAIL" },
  )
  .refine(
    ({ CHALLENGE_VERIFY_URL, CHALLENGE_HOSTNAMES }) =>
      CHALLENGE_VERIFY_URL === "off" || CHALLENGE_HOSTNAMES !== undefined,
    { path: ["CHALLENGE_HOSTNAMES"], error: "is needed by CHALLENGE_VERIFY_URL" },
  )
  .refine(isReachable, {
    path: ["WEBHOOK_URL"],
    error: "must begin with https:// in a deployment. Only npm start reaches a receiver on this machine",
  })
  .superRefine(checkDomain);
export type Settings = z.output<typeof settingsSchema>;

export const isProduction = ({ STAGE }: Settings): boolean => STAGE === "prod";

type Texts = Record<string, string | undefined>;
/** Drops empty values, so that an unedited copy of `.env.sample` keeps the defaults. */
const filled = (texts: Texts): Texts =>
  Object.fromEntries(Object.entries(texts).filter(([, text]) => text !== ""));

const settingNames = Object.keys(settingsTable);
/** Docker Compose reads these from the same file, for LocalStack. */
const composeNames = ["LOCALSTACK_IMAGE", "LOCALSTACK_AUTH_TOKEN"];
const isOfOtherProgram = /^(?:AWS|CDK|COMPOSE|DOCKER|LOCALSTACK|NODE|NPM)_|^(?:PATH|HOME|TZ|CI|NO_COLOR)$/i;

const unknownName = (name: string): string => {
  const meant = closestName(name, settingNames);
  if (meant !== undefined) return `${name} is no setting. Did you mean ${meant}?`;
  return isOfOtherProgram.test(name)
    ? `${name} is no setting, and no other program reads this file. Set it in the environment.`
    : `${name} is no setting.`;
};

/** `parseEnv` would drop such lines in silence. */
const linesWithoutName = (text: string): string[] => {
  // Quoted values may have several lines.
  const flat = text.replace(
    /^([^#\n=]*=[^\S\n]*)(["'`])([^]*?)\2/gm,
    (_, name: string, _quote, value: string) => name + "\n".repeat(value.split("\n").length - 1),
  );
  return flat
    .split("\n")
    .flatMap((line, index) => (/^\s*(?:#|$)|^\s*[^=\s][^=]*=/.test(line) ? [] : [`line ${index + 1}`]))
    .map((where) => `${where} is not NAME=value.`);
};

export const environmentFile = (bytes: Uint8Array): Texts => {
  let text: string;
  try {
    // Drops a byte order mark, which would become a part of the first name.
    text = new TextDecoder("utf-8", { fatal: true }).decode(bytes).replace(/\r\n?/g, "\n");
  } catch {
    throw new Error(".env is not UTF-8. Save it as UTF-8.");
  }
  const texts = parseEnv(text);
  const known = new Set([...settingNames, ...composeNames]);
  const problems = [
    ...linesWithoutName(text),
    ...Object.keys(texts)
      .filter((name) => !known.has(name))
      .map(unknownName),
  ];
  if (problems.length > 0)
    throw new Error(`.env has mistakes. .env.sample lists all settings.\n  ${problems.join("\n  ")}`);
  return texts;
};

const shortestUnmistakable = 8;

/** Most variables of a process belong to others, so only those close to a setting are noticed. */
export const misspeltVariables = (environment: Texts): string[] =>
  Object.keys(environment)
    .filter((name) => !settingNames.includes(name))
    .map((name) => ({ name, meant: closestName(name, settingNames) }))
    .filter(({ meant = "" }) => meant.length >= shortestUnmistakable)
    .map(({ name, meant }) => `${name} is no setting. Did you mean ${meant}? If not, unset it.`);

const readEnvironmentFile = (path: string): Texts => {
  let bytes: Uint8Array;
  try {
    bytes = readFileSync(path);
  } catch (error) {
    if (error instanceof Error && "code" in error && error.code === "ENOENT") return {};
    throw error;
  }
  return environmentFile(bytes);
};

const readEnvironment = (): Texts => {
  const problems = misspeltVariables(process.env);
  if (problems.length === 0) return process.env;
  throw new Error(`The environment has mistakes.\n  ${problems.join("\n  ")}`);
};

export const readSettings = (texts: Texts, defaults: Texts = {}): Settings => {
  const fallbacks: Texts = Object.fromEntries(
    entries.flatMap(([name, { fallback }]) => (fallback === null ? [] : [[name, fallback]])),
  );
  const read = settingsSchema.safeParse(
    { ...fallbacks, ...defaults, ...filled(texts) },
    { error: ({ input }) => (input === undefined ? "is missing" : undefined) },
  );
  if (read.success) return read.data;
  const problems = read.error.issues.map(({ path, message }) => `  ${path.join(".")}: ${message}`);
  throw new Error(`Some settings are missing or invalid. .env.sample explains them.\n${problems.join("\n")}`);
};

export const loadSettings = (defaults: Texts = {}, overrides: Texts = {}): Settings =>
  readSettings(
    { ...filled(readEnvironmentFile(".env")), ...filled(readEnvironment()), ...overrides },
    defaults,
  );

// These are for local targets only, but scripts in `infra/` read `process.env` only here.
export const environmentPublicUrl = (): string | undefined => process.env["PUBLIC_URL"] || undefined;
export const localStackEndpoint = (): string | undefined => process.env["LOCALSTACK_ENDPOINT"] || undefined;

export const sampleEnvironment = (): string =>
  entries.map(([name, { fallback, help }]) => `# ${help}\n${name}=${fallback ?? ""}\n`).join("\n");
