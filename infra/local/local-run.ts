import { rmSync } from "node:fs";
import path from "node:path";
import { stop as stopEsbuild } from "esbuild";
import { bundleFunctions, bundlesDirectory } from "../bundling/bundle-functions.ts";
import { freshenBundles, inThisRepository } from "../bundling/fresh-bundles.ts";
import { isOnThisMachine } from "../settings/event-settings.ts";
import { environmentPublicUrl, loadSettings, type Settings } from "../settings/settings.ts";
import { synthesise } from "../synthesise.ts";
import { generousLimits } from "../generous-limits.ts";
import { lockDataDirectory } from "./data-directory.ts";
import { onParentGone } from "./parent-process.ts";
import { readableError } from "./readable-errors.ts";
import { type Stack, startStack } from "./stack.ts";
import { UserError } from "../user-error.ts";

type Given = {
  port: number;
  isDefaultPort: boolean;
  host?: string | undefined;
  fresh: boolean;
  watch: boolean;
  quiet: boolean;
};

const startedAt = Date.now() - performance.now();
const dataDirectory = path.resolve(".local");

const prepareData = (fresh: boolean) => {
  lockDataDirectory(dataDirectory).unlock();
  if (fresh) rmSync(dataDirectory, { recursive: true, force: true });
};

/** `.env` may be for a deployment, so its stage, address and limits don't apply here. */
const readLocalSettings = (port: number) => {
  const address = environmentPublicUrl() ?? `http://127.0.0.1:${port}`;
  try {
    const settings = loadSettings(
      { MAIL_FROM: "no-reply@example.com" },
      { STAGE: "local", PUBLIC_URL: address, MX_RESOLVER: "off", ...generousLimits },
    );
    const { CHALLENGE_VERIFY_URL: verifyUrl, WEBHOOK_URL: webhookUrl = "" } = settings;
    return {
      ...settings,
      CHALLENGE_VERIFY_URL: verifyUrl.startsWith("http:") ? verifyUrl : "off",
      // The receiver of a deployment must not be told what happens here.
      WEBHOOK_URL: webhookUrl !== "" && isOnThisMachine(webhookUrl) ? webhookUrl : undefined,
    };
  } catch (error) {
    throw new UserError(error instanceof Error ? error.message : String(error));
  }
};

const printErrors = (functionLabel: string, line: string) => {
  const error = readableError(functionLabel, line);
  if (error !== undefined) console.error(error);
};

const reach = ({ host, port }: Given, issuer: string | undefined): string => {
  const others = host === undefined ? "" : `\n  Others   port ${port} at ${host}, without mailbox`;
  return `${others}\n  Issuer   ${issuer}`;
};

const describe = (
  { url, inboxUrl, mailboxFolder, engine }: Stack,
  given: Given,
  { PUBLIC_URL, ALLOWED_ORIGINS }: Settings,
): string => `
  Links    ${url}/
  API      ${url}/api/v1/auth/ (for pages of ${ALLOWED_ORIGINS === "*" ? "all origins" : ALLOWED_ORIGINS})
  Docs     ${url}/swagger/
  Admin    ${url}/admin/
  Inbox    ${inboxUrl}
  Events   ${url}/_events/
  Letters  ${url}/_letters/${reach(given, PUBLIC_URL)}
  Emails   ${path.relative(process.cwd(), mailboxFolder)}${path.sep}
  Data     ${path.relative(process.cwd(), dataDirectory)}${path.sep} (${engine}). To start empty: npm start -- --fresh${given.isDefaultPort ? "" : ` --port ${given.port}`}

  Ready in ${((Date.now() - startedAt) / 1000).toFixed(1)} s. The limits on emails and networks are generous here. The limits on guesses are the real ones.
  ${given.quiet ? "" : "A line for each request follows (npm start -- --quiet: none). "}Press Ctrl-C to stop.
`;

const bundle = async (watch: boolean, onChange: (functions: string[]) => void) => {
  const onMake = () => console.log("Bundling the functions, which only a change makes necessary …");
  if (!watch) return freshenBundles({ ...inThisRepository, onMake });
  onMake();
  return bundleFunctions({ onChange, onRebuild: () => console.log("A source has changed. Bundling …") });
};

export const runLocally = async (given: Given): Promise<void> => {
  const { port, host, fresh, watch, quiet } = given;
  const settings = readLocalSettings(port);
  prepareData(fresh);
  let stack: Stack | undefined;
  const reload = (functions: string[]) => {
    if (stack === undefined) return;
    stack.replaceExecutionEnvironments(functions.map((name) => path.join(bundlesDirectory, name)));
    console.log(functions.length > 0 ? `Reloaded ${functions.join(", ")}` : "No function has changed.");
  };
  const bundler = await bundle(watch, reload);
  // esbuild's service would occupy 350 MB during the whole run.
  if (!watch) await stopEsbuild();
  console.log("Making the templates …");
  const templates = synthesise(settings);

  let stopping = false;
  const stop = async () => {
    if (stopping) return;
    stopping = true;
    await Promise.all([stack?.stop(), bundler?.stop()]);
    process.exit(0);
  };
  process.on("SIGINT", () => void stop());
  process.on("SIGTERM", () => void stop());
  process.on("SIGHUP", () => void stop());
  onParentGone(() => void stop());

  console.log("Starting database, queues and functions …");
  const onRequest = quiet ? undefined : (line: string) => console.log(line);
  stack = await startStack({ templates, port, host, dataDirectory, onLog: printErrors, onRequest });
  console.log(describe(stack, given, settings));
};
