// Clones the repository into a folder with unusual characters, and uses and tests it there.
import { execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import * as z from "zod";
import { readCommandLine } from "../../../infra/command-line/command-line.ts";
import { freePort } from "../../../infra/local/engines/free-port.ts";
import { root, runScript } from "../../../infra/run-script.ts";
import { UserError } from "../../../infra/user-error.ts";
import { eventually } from "../../support/assert/eventually.ts";

readCommandLine("test:folder");

const parent = join(root, "build/odd folders");
const folder = join(parent, "[a] {b,c} #1 50% é");
const tests = ["unit", "repository", "emulator"].flatMap((project) => ["--project", project]);
const files = ["test/unit/", "test/repository/", "test/emulator/mailbox/"];
const mailboxSchema = z.object({ messages: z.array(z.object({ Id: z.string() })) });
const address = "ada@example.com";

const clone = () => {
  rmSync(parent, { recursive: true, force: true });
  mkdirSync(parent, { recursive: true });
  execFileSync("git", ["clone", "--quiet", root, folder]);
  // Hard links cost no space. With a symbolic link, packages would run in the usual folder.
  execFileSync("cp", ["-al", join(root, "node_modules"), join(folder, "node_modules")]);
};

/** In its own process group, so that one signal ends npm with all that it started. */
const npm = (...parameters: string[]) => {
  const child = spawn("npm", parameters, { cwd: folder, detached: true, stdio: ["ignore", "pipe", "pipe"] });
  const end = (signal: NodeJS.Signals) => {
    if (child.pid !== undefined && child.exitCode === null && child.signalCode === null)
      process.kill(-child.pid, signal);
  };
  process.once("exit", () => end("SIGKILL"));
  return { stdout: child.stdout, stderr: child.stderr, ended: once(child, "close"), end };
};

const start = async (port: number) => {
  const run = npm("start", "--", "--port", String(port));
  let said = "";
  let hasEnded = false;
  for (const stream of [run.stdout, run.stderr])
    stream.setEncoding("utf8").on("data", (more: string) => (said += more));
  void run.ended.then(() => (hasEnded = true));
  await eventually("the runner to be ready", () => {
    if (hasEnded) throw new UserError(said);
    return said.includes("Ready in") || undefined;
  });
  return run;
};

const lettersAt = async (port: number) => {
  const answer = await fetch(`http://127.0.0.1:${port}/_aws/ses?to=${encodeURIComponent(address)}`);
  const { messages } = mailboxSchema.parse(await answer.json());
  return messages.map(({ Id }) => Id);
};

const keepsLetters = async (): Promise<void> => {
  const port = await freePort();
  const first = await start(port);
  const registered = await fetch(`http://127.0.0.1:${port}/api/v1/auth/user/`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ username: "ada", email: address, password: "correct horse 9" }),
  });
  if (registered.status !== 201) throw new UserError(`The registration got ${registered.status}.`);
  const sent = await eventually("the letter", async () => {
    const letters = await lettersAt(port);
    return letters.length > 0 ? letters : undefined;
  });
  first.end("SIGKILL");
  const second = await eventually("the killed run to be gone", () => start(port).catch(() => undefined));
  const kept = await lettersAt(port);
  second.end("SIGTERM");
  await second.ended;
  if (kept.join() !== sent.join()) throw new UserError("A letter did not survive the restart.");
};

const passesTests = async (): Promise<void> => {
  const { stdout, stderr, ended } = npm("exec", "--", "vitest", "run", ...tests, ...files);
  const [said, complained, [status]] = await Promise.all([text(stdout), text(stderr), ended]);
  if (status !== 0) throw new UserError(`${said}\n${complained}\nTests failed in ${folder}.`);
};

await runScript(async () => {
  const startedAt = performance.now();
  clone();
  await keepsLetters();
  await passesTests();
  rmSync(parent, { recursive: true, force: true });
  const seconds = ((performance.now() - startedAt) / 1000).toFixed(0);
  console.log(`In "${folder}", letters survived a restart, and tests passed (${seconds} s).`);
});
