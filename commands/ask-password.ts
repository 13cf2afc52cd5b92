/** A password from the person at the terminal, without echo and typed twice; in scripts, from standard input. */
import { createInterface } from "node:readline/promises";
import { Writable } from "node:stream";
import { text } from "node:stream/consumers";

const ask = async (question: string): Promise<string> => {
  process.stderr.write(question);
  const nowhere = new Writable({ write: (_chunk, _encoding, done) => done() });
  const terminal = createInterface({ input: process.stdin, output: nowhere, terminal: true });
  const cancelled = new AbortController();
  terminal.on("SIGINT", () => cancelled.abort());
  try {
    return await terminal.question("", { signal: cancelled.signal });
  } catch {
    throw new Error("Nothing was changed.");
  } finally {
    terminal.close();
    process.stderr.write("\n");
  }
};

export const askPassword = async (): Promise<string> => {
  // The line's end is not a part of it.
  if (!process.stdin.isTTY) return (await text(process.stdin)).replace(/\r?\n$/, "");
  const password = await ask("Password: ");
  if ((await ask("The same again: ")) !== password) throw new Error("The two passwords differ.");
  return password;
};
