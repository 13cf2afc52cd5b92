// Reads settings from `.env` and the process environment, which takes precedence.
import { readFileSync } from "node:fs";
import { parseEnv } from "node:util";
import * as z from "zod";
import { settingsTable } from "./settings-table.ts";

type Table = typeof settingsTable;
type SettingName = keyof Table;

const entries = Object.entries(settingsTable);
const schemas = Object.fromEntries(entries.map(([name, { schema }]) => [name, schema])) as {
  [Name in SettingName]: Table[Name]["schema"];
};
const settingsSchema = z
  .object(schemas)
  .refine(
    ({ MAIL_FROM, MAIL_IDENTITY }) =>
      MAIL_IDENTITY === undefined || MAIL_FROM === MAIL_IDENTITY || MAIL_FROM.endsWith(`@${MAIL_IDENTITY}`),
    { path: ["MAIL_IDENTITY"], error: "must be MAIL_FROM or its domain" },
  )
  .refine(
    ({ MONTHLY_BUDGET_USD, ALARM_EMAIL }) => MONTHLY_BUDGET_USD === undefined || ALARM_EMAIL !== undefined,
    { path: ["MONTHLY_BUDGET_USD"], error: "needs ALARM_EMAIL" },
  )
  .refine(
    ({ CHALLENGE_VERIFY_URL, CHALLENGE_HOSTNAMES }) =>
      CHALLENGE_VERIFY_URL === "off" || CHALLENGE_HOSTNAMES !== undefined,
    { path: ["CHALLENGE_HOSTNAMES"], error: "is needed by CHALLENGE_VERIFY_URL" },
  );
export type Settings = z.output<typeof settingsSchema>;

export const isProduction = ({ STAGE }: Settings): boolean => STAGE === "prod";

type Texts = Record<string, string | undefined>;
/** Drops empty values, so that an unedited copy of `.env.sample` keeps the defaults. */
const filled = (texts: Texts): Texts =>
  Object.fromEntries(Object.entries(texts).filter(([, text]) => text !== ""));

const readEnvironmentFile = (path: string): Texts => {
  try {
    return parseEnv(readFileSync(path, "utf8"));
  } catch (error) {
    if (error instanceof Error && "code" in error && error.code === "ENOENT") return {};
    throw error;
  }
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
  readSettings({ ...filled(readEnvironmentFile(".env")), ...filled(process.env), ...overrides }, defaults);

// These are for local targets only, but scripts in `infra/` read `process.env` only here.
export const environmentPublicUrl = (): string | undefined => process.env["PUBLIC_URL"] || undefined;
export const localStackEndpoint = (): string | undefined => process.env["LOCALSTACK_ENDPOINT"] || undefined;

export const sampleEnvironment = (): string =>
  entries.map(([name, { fallback, help }]) => `# ${help}\n${name}=${fallback ?? ""}\n`).join("\n");
