import { createInterface } from "node:readline/promises";
import { Writable } from "node:stream";

const cancelled = "Cancelled. Nothing was changed.";

export const ask = async (question: string, { hidden = false } = {}): Promise<string> => {
  const nowhere = new Writable({ write: (_chunk, _encoding, done) => done() });
  const output = hidden ? nowhere : process.stderr;
  if (hidden) process.stderr.write(question);
  const terminal = createInterface({ input: process.stdin, output, terminal: true });
  const ending = new AbortController();
  for (const event of ["SIGINT", "close"]) terminal.on(event, () => ending.abort());
  try {
    return await terminal.question(hidden ? "" : question, { signal: ending.signal });
  } catch {
    throw new Error(cancelled);
  } finally {
    terminal.close();
    if (hidden) process.stderr.write("\n");
  }
};
