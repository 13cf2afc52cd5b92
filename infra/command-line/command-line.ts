import { writeSync } from "node:fs";
import { parseArgs } from "node:util";
import { UserError } from "../user-error.ts";
import { closestName } from "./closest-name.ts";
import type { Option, Usage } from "./usage.ts";
import { usages, type ScriptName } from "./usages.ts";

type OptionsOf<Name extends ScriptName> = (typeof usages)[Name] extends { options: infer Options }
  ? Options
  : Record<string, never>;
type Values<Options> = {
  [Option in keyof Options]: Options[Option] extends { value: string } ? string | undefined : boolean;
};

const usageOf = (name: ScriptName): Usage => usages[name];
const callOf = (name: string) => (name === "start" ? "npm start" : `npm run ${name}`);
const shown = ([option, { value }]: [string, Option]) =>
  value === undefined ? `--${option}` : `--${option} <${value}>`;

const withHelp = (name: ScriptName): Record<string, Option> => ({
  ...usageOf(name).options,
  help: { help: "Print this text." },
});

export const usageLine = (name: ScriptName): string => {
  const { operands, options = {} } = usageOf(name);
  const words = [
    ...(operands?.count === undefined ? [] : [operands.form]),
    ...Object.entries(options).map((option) =>
      option[1].help.endsWith("Required.") ? shown(option) : `[${shown(option)}]`,
    ),
    ...(operands && operands.count === undefined ? [operands.form] : []),
  ];
  return [callOf(name), ...(words.length > 0 ? ["--", ...words] : [])].join(" ");
};

export const helpText = (name: ScriptName): string => {
  const { does, examples, failure = "the command failed. The output says why." } = usageOf(name);
  const options = Object.entries(withHelp(name));
  const width = Math.max(...options.map((option) => shown(option).length));
  return [
    does,
    `\nUsage: ${usageLine(name)}`,
    "\nOptions:",
    ...options.map((option) => `  ${shown(option).padEnd(width)}  ${option[1].help}`),
    "\nExamples:",
    ...examples.map((words) => `  ${callOf(name)}${words === "" ? "" : ` -- ${words}`}`),
    `\nExit status: 0 if it is done. 1 if ${failure}`,
    "",
  ].join("\n");
};

export const usageError = (name: ScriptName, reason: string): UserError => {
  const known = Object.entries(withHelp(name)).map(shown).join(", ");
  return new UserError(`${reason} Known options: ${known}.`);
};

const parsed = (name: ScriptName, parameters: string[]) => {
  const options = withHelp(name);
  const names = Object.keys(options);
  const types = Object.entries(options).map(
    ([option, { value }]) => [option, { type: value === undefined ? "boolean" : "string" }] as const,
  );
  const { tokens } = parseArgs({
    args: parameters,
    options: Object.fromEntries(types),
    strict: false,
    tokens: true,
    allowPositionals: true,
  });
  for (const token of tokens) {
    if (token.kind !== "option" || names.includes(token.name)) continue;
    const meant = closestName(token.name, names);
    const hint = meant === undefined ? "" : ` Did you mean --${meant}?`;
    throw usageError(name, `Unknown option '${token.rawName}'.${hint}`);
  }
  try {
    return parseArgs({ args: parameters, options: Object.fromEntries(types), allowPositionals: true });
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw usageError(name, reason.replace(/\.?$/, "."));
  }
};

type Read<Name extends ScriptName> = { values: Values<OptionsOf<Name>>; operands: string[] };

export const parseCommandLine = <Name extends ScriptName>(name: Name, parameters: string[]): Read<Name> => {
  const { operands, options = {} } = usageOf(name);
  const { values, positionals } = parsed(name, parameters);
  const empty = Object.entries(values).find(([, value]) => value === "");
  if (empty) throw usageError(name, `--${empty[0]} needs a value.`);
  const [first = ""] = positionals;
  if (operands === undefined && positionals.length > 0)
    throw usageError(name, `Unknown argument '${first}'.`);
  const isComplete = operands?.count === undefined || operands.count === positionals.length;
  if (!isComplete || (operands?.acts && !operands.acts.includes(first)))
    throw new UserError(`${operands?.ask} Usage: ${usageLine(name)}`);
  const flags = Object.entries(options).filter(([, { value }]) => value === undefined);
  const unset = Object.fromEntries(flags.map(([option]) => [option, false]));
  return { values: { ...unset, ...values } as Values<OptionsOf<Name>>, operands: positionals };
};

const end = (output: 1 | 2, text: string): never => {
  writeSync(output, text);
  process.exit(output - 1);
};

/** Reads the options of an npm script. `--help` and mistakes end the process. */
export const readCommandLine = <Name extends ScriptName>(name: Name): Read<Name> => {
  const parameters = process.argv.slice(2);
  const own = parameters.includes("--") ? parameters.slice(0, parameters.indexOf("--")) : parameters;
  if (own.some((word) => word === "--help" || word === "-h")) return end(1, helpText(name));
  // Otherwise the script would work on another stage than the one that was typed.
  if (process.env["npm_config_stage"] && "stage" in (usageOf(name).options ?? {}))
    return end(
      2,
      `npm took --stage for itself. Put -- before the options: ${callOf(name)} -- --stage <name>\n`,
    );
  try {
    return parseCommandLine(name, parameters);
  } catch (error) {
    if (error instanceof UserError) return end(2, `${error.message}\n`);
    throw error;
  }
};
