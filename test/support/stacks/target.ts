// Global setup: the target of the black-box tests. It is the deployment at `BASE_URL`. Its letters
// are read at `MAILBOX_URL`, and it lacks the capabilities in `TARGET_LACKS`. Without `BASE_URL` it
// is an embedded stack, started here.
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { TestProject } from "vitest/node";
import { readLacks, reportSkips, type Capability } from "./capabilities.ts";
import { startLocalStack } from "./local-stack.ts";

declare module "vitest" {
  interface ProvidedContext {
    baseUrl: string;
    mailboxUrl: string;
    lacks: Capability[];
    /** The domain of everyone's addresses; unset if the target's mailbox accepts any. */
    mailDomain: string | undefined;
    /** Empty if the target's logs can't be read. */
    secretsSeenFile: string;
  }
}

/** Fails the run if a log holds a secret that tests have sent or received. */
const scanLogs = (logsDirectory: string, secretsSeenFile: string) => {
  if (!existsSync(secretsSeenFile)) return;
  const seen = new Set(readFileSync(secretsSeenFile, "utf8").trim().split("\n"));
  const secrets = [...seen].map((line) => String(JSON.parse(line)));
  // Codes may also be logged without their space. Only the quotes of a JSON string keep the digits
  // from matching other numbers by chance.
  const unspaced = secrets
    .filter((secret) => /^\d{3} \d{3}$/.test(secret))
    .map((code) => `"${code.replace(" ", "")}"`);
  secrets.push(...unspaced);
  const leaks = readdirSync(logsDirectory).flatMap((file) => {
    const log = readFileSync(join(logsDirectory, file), "utf8");
    return secrets
      .filter((secret) => log.includes(secret))
      .map((secret) => `${file}: ${secret.slice(0, 6)}…`);
  });
  if (leaks.length > 0) throw new Error(`secrets in the logs:\n${[...new Set(leaks)].join("\n")}`);
  console.info(`no log line holds any of ${secrets.length} passwords, codes, tokens and addresses`);
};

export const setup = async (project: TestProject): Promise<() => Promise<void>> => {
  const { BASE_URL, MAILBOX_URL, MAIL_DOMAIN, TARGET_LACKS } = process.env;
  project.provide("lacks", readLacks(TARGET_LACKS));
  project.provide("mailDomain", MAIL_DOMAIN);
  if (BASE_URL !== undefined) {
    project.provide("baseUrl", BASE_URL.replace(/\/$/, ""));
    project.provide("mailboxUrl", MAILBOX_URL ?? new URL("/_aws/ses", BASE_URL).href);
    project.provide("secretsSeenFile", "");
    return async () => reportSkips(project);
  }
  const directory = mkdtempSync(join(tmpdir(), "lit-auth-test-"));
  const secretsSeenFile = join(directory, "secrets-seen.jsonl");
  const stack = await startLocalStack({ dataDirectory: join(directory, "data") });
  project.provide("baseUrl", stack.url);
  project.provide("mailboxUrl", `${stack.url}/_aws/ses`);
  project.provide("secretsSeenFile", secretsSeenFile);
  return async () => {
    await stack.stop();
    scanLogs(join(directory, "data/logs"), secretsSeenFile);
    rmSync(directory, { recursive: true });
  };
};
