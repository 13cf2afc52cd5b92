// The entry point of `npm start`. It imports almost nothing, so that its first line comes at once.
import { readCommandLine, usageError } from "../command-line/command-line.ts";
import { UserError } from "../user-error.ts";

const defaultPort = 8000;

const readArguments = () => {
  const { values } = readCommandLine("start");
  const port = Number(values.port ?? defaultPort);
  if (!Number.isInteger(port) || port < 1 || port > 65_535)
    throw usageError("start", `--port ${values.port} is not a port number.`);
  return { ...values, port, isDefaultPort: port === defaultPort };
};

const start = async () => {
  const given = readArguments();
  console.log("Starting LIT Auth …");
  const { runLocally } = await import("./local-run.ts");
  await runLocally(given);
};

start().catch((error: unknown) => {
  console.error(error instanceof UserError ? error.message : error);
  process.exit(1);
});
