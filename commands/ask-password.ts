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
    throw new Error("Cancelled. Nothing was changed.");
  } finally {
    terminal.close();
    process.stderr.write("\n");
  }
};

export const askPassword = async (): Promise<string> => {
  // In scripts, the password comes from standard input. Its line ending isn't part of it.
  if (!process.stdin.isTTY) return (await text(process.stdin)).replace(/\r?\n$/, "");
  const password = await ask("Password: ");
  if ((await ask("Repeat the password: ")) !== password)
    throw new Error("The passwords don't match. Nothing was changed.");
  return password;
};
