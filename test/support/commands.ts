/** Commands as an operator runs them, in the folder of a running stack; what they print must hold no secret. */
import { spawn } from "node:child_process";
import { resolve } from "node:path";
import { text } from "node:stream/consumers";

export type Ended = { code: number | null; stdout: string; stderr: string };

/** `signal` kills it in the middle. */
export const runCommand = async (
  name: string,
  parameters: string[],
  { folder, signal }: { folder: string; signal?: AbortSignal },
): Promise<Ended> => {
  const child = spawn(process.execPath, [resolve("commands", `${name}.ts`), ...parameters], { cwd: folder });
  signal?.addEventListener("abort", () => child.kill("SIGKILL"));
  const ended = new Promise<number | null>((done) => child.once("close", done));
  const [stdout, stderr] = await Promise.all([text(child.stdout), text(child.stderr)]);
  return { code: await ended, stdout, stderr };
};
