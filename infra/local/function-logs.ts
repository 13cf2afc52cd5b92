import { createWriteStream, mkdirSync, renameSync, statSync, type WriteStream } from "node:fs";
import { once } from "node:events";
import path from "node:path";

export type OnLog = (functionLabel: string, line: string) => void;

export const openFunctionLogs = (dataDirectory: string, onLog: OnLog | undefined) => {
  const folder = path.join(dataDirectory, "logs");
  mkdirSync(folder, { recursive: true });
  const streams: WriteStream[] = [];
  return {
    folder,
    open: (label: string): ((line: string) => void) => {
      const file = path.join(folder, `${label}.log`);
      if (statSync(file, { throwIfNoEntry: false })?.size)
        renameSync(file, path.join(folder, `${label}.previous.log`));
      const stream = createWriteStream(file);
      streams.push(stream);
      return (line) => {
        // The output of a killed process may arrive after the end.
        if (stream.writable) stream.write(`${line}\n`);
        onLog?.(label, line);
      };
    },
    close: async (): Promise<void> => {
      await Promise.all(
        streams.map(async (stream) => {
          stream.end();
          await once(stream, "close");
        }),
      );
    },
  };
};
