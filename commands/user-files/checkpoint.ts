import { readFile, rename, rm, writeFile } from "node:fs/promises";
import * as z from "zod";

const checkpoint = z.object({
  /** Prevents a file from containing users of two stages. */
  table: z.string(),
  next: z.record(z.string(), z.unknown()).optional(),
  /** The number of bytes that are certainly on the disk. */
  bytes: z.int(),
  accounts: z.int(),
});
export type Checkpoint = z.output<typeof checkpoint>;

export const checkpointBeside = (file: string) => {
  const path = `${file}.checkpoint`;
  return {
    path,

    read: async (): Promise<Checkpoint | undefined> => {
      const text = await readFile(path, "utf8").catch((error: NodeJS.ErrnoException) => {
        if (error.code === "ENOENT") return undefined;
        throw error;
      });
      return text === undefined ? undefined : checkpoint.parse(JSON.parse(text));
    },

    write: async (state: Checkpoint): Promise<void> => {
      await writeFile(`${path}.new`, JSON.stringify(state), { mode: 0o600, flush: true });
      await rename(`${path}.new`, path);
    },

    remove: () => rm(path, { force: true }),
  };
};
