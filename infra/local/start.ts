import { rmSync } from "node:fs";
import path from "node:path";
import { stop as stopEsbuild } from "esbuild";
import { readCommandLine, usageError } from "../command-line/command-line.ts";
import { bundleFunctions, bundlesDirectory } from "../bundling/bundle-functions.ts";
import { freshenBundles } from "../bundling/fresh-bundles.ts";
import { loadSettings } from "../settings.ts";
import { synthesise } from "../synthesise.ts";
import { generousLimits } from "../generous-limits.ts";
import { lockDataDirectory } from "./data-directory.ts";
import { onParentGone } from "./parent-process.ts";
import { type Stack, startStack } from "./stack.ts";
import { UserError } from "../user-error.ts";

const defaultPort = 8000;
const startedAt = Date.now() - performance.now();
const dataDirectory = path.resolve(".local");

const readArguments = () => {
  const { values } = readCommandLine("start");
  const port = Number(values.port ?? defaultPort);
  if (!Number.isInteger(port) || port < 1 || port > 65_535)
    throw usageError("start", `--port ${values.port} is not a port number.`);
  return { ...values, port };
};

const prepareData = (fresh: boolean) => {
  lockDataDirectory(dataDirectory).unlock();
  if (fresh) rmSync(dataDirectory, { recursive: true, force: true });
};

/** `.env` may be for a deployment, so its stage, address and limits don't apply here. */
const readLocalSettings = (port: number) => {
  try {
    const settings = loadSettings(
      { MAIL_FROM: "no-reply@example.com" },
      { STAGE: "local", PUBLIC_URL: `http://127.0.0.1:${port}`, MX_RESOLVER: "off", ...generousLimits },
    );
    const isStandIn = settings.CHALLENGE_VERIFY_URL.startsWith("http:");
    return isStandIn ? settings : { ...settings, CHALLENGE_VERIFY_URL: "off" };
  } catch (error) {
    throw new UserError(error instanceof Error ? error.message : String(error));
  }
};

const printErrors = (functionLabel: string, line: string) => {
  if (/"level":\s*"(ERROR|CRITICAL)"/.test(line)) console.error(`${functionLabel}: ${line}`);
};

const describe = ({ url, inboxUrl, mailboxFolder, engine }: Stack, port: number): string => `
  API      ${url}/api/v1/auth/
  Docs     ${url}/swagger/
  Admin    ${url}/admin/
  Inbox    ${inboxUrl}
  Letters  ${url}/_letters/
  Emails   ${path.relative(process.cwd(), mailboxFolder)}/
  Data     ${path.relative(process.cwd(), dataDirectory)}/ (${engine}). To start empty: npm start -- --fresh${port === defaultPort ? "" : ` --port ${port}`}

  Ready in ${((Date.now() - startedAt) / 1000).toFixed(1)} s. The limits on emails and networks are generous here. The limits on guesses are the real ones.
  Press Ctrl-C to stop.
`;

const run = async () => {
  const { port, fresh, watch } = readArguments();
  const settings = readLocalSettings(port);
  prepareData(fresh);
  let stack: Stack | undefined;
  const reload = (functions: string[]) => {
    if (stack === undefined) return;
    stack.replaceExecutionEnvironments(functions.map((name) => path.join(bundlesDirectory, name)));
    console.log(`Reloaded ${functions.join(", ")}`);
  };
  const bundler = watch ? await bundleFunctions({ onChange: reload }) : await freshenBundles();
  // esbuild's service would occupy 350 MB during the whole run.
  if (!watch) await stopEsbuild();
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

  stack = await startStack({ templates, port, dataDirectory, onLog: printErrors });
  console.log(describe(stack, port));
};

run().catch((error: unknown) => {
  console.error(error instanceof UserError ? error.message : error);
  process.exit(1);
});
