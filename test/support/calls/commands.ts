/** Commands as an operator runs them, in the folder of a running stack; what they print must hold no secret. */
import { spawn } from "node:child_process";
import { resolve } from "node:path";
import { text } from "node:stream/consumers";

export type Ended = { code: number | null; stdout: string; stderr: string };

/** Killed in the middle when `killWhen` resolves, or when the command says it on standard error. */
export const runCommand = async (
  name: string,
  parameters: string[],
  { folder, killWhen }: { folder: string; killWhen?: Promise<unknown> | string },
): Promise<Ended> => {
  const child = spawn(process.execPath, [resolve("commands", `${name}.ts`), ...parameters], { cwd: folder });
  const kill = () => child.kill("SIGKILL");
  if (typeof killWhen === "string")
    child.stderr.on("data", (chunk: Buffer) => chunk.toString().includes(killWhen) && kill());
  else void killWhen?.then(kill, kill);
  const ended = new Promise<number | null>((done) => child.once("close", done));
  const [stdout, stderr] = await Promise.all([text(child.stdout), text(child.stderr)]);
  return { code: await ended, stdout, stderr };
};
