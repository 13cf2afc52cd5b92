/** How far an export has come, in a file beside it: a run that was cut off goes on there, without a line lost or doubled. */
import { readFile, rename, rm, writeFile } from "node:fs/promises";
import * as z from "zod";

const checkpoint = z.object({
  /** The table that is read: no file holds people of two stages. */
  table: z.string(),
  /** Where the next page begins; none before the first. */
  next: z.record(z.string(), z.unknown()).optional(),
  /** What of the file is sure. */
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

    /** Whole or not at all. */
    write: async (state: Checkpoint): Promise<void> => {
      await writeFile(`${path}.new`, JSON.stringify(state), { mode: 0o600, flush: true });
      await rename(`${path}.new`, path);
    },

    remove: () => rm(path, { force: true }),
  };
};
