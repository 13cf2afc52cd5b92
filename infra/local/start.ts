// The entry point of `npm start`. It imports almost nothing, so that its first line comes at once.
import { parseArgs } from "node:util";
import { UserError } from "../user-error.ts";

const defaultPort = 8000;

const help = `Runs the templates of \`cdk deploy\` on this machine, until Ctrl-C.

  npm start -- [options]

  --port <number>   Listen on another port than ${defaultPort}.
  --host <address>  Answer other machines and containers too, for instance at 0.0.0.0. They reach
                    the API, the keys and the pages; mailbox and AWS endpoint stay on 127.0.0.1.
  --fresh           Delete all data in .local/ first.
  --watch           Bundle the functions again after each change.
  --quiet           Print no line for each request.
  --help            Print this text.

  PUBLIC_URL, as a variable of the environment, is the issuer in tokens and the address of the keys.
  It is for programs that can't reach http://127.0.0.1:${defaultPort}:

    PUBLIC_URL=http://host.docker.internal:${defaultPort} npm start -- --host 0.0.0.0
`;

const options = {
  port: { type: "string", default: String(defaultPort) },
  host: { type: "string" },
  fresh: { type: "boolean", default: false },
  watch: { type: "boolean", default: false },
  quiet: { type: "boolean", default: false },
  help: { type: "boolean", default: false },
} as const;

const readArguments = () => {
  try {
    const { values } = parseArgs({ options });
    const port = Number(values.port);
    if (!Number.isInteger(port) || port < 1 || port > 65_535)
      throw new Error(`--port ${values.port} is not a port number`);
    return { ...values, port, isDefaultPort: port === defaultPort };
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    const known = "--port <number>, --host <address>, --fresh, --watch, --quiet, --help";
    throw new UserError(`${reason}. Known options: ${known}.`);
  }
};

const start = async () => {
  const given = readArguments();
  if (given.help) return console.log(help);
  console.log("Starting LIT Auth …");
  const { runLocally } = await import("./local-run.ts");
  await runLocally(given);
};

start().catch((error: unknown) => {
  console.error(error instanceof UserError ? error.message : error);
  process.exit(1);
});
