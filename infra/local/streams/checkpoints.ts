// How far each function has read each shard. It is written after the function has succeeded only,
// so a run that is killed reads records again and loses none.
import { existsSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import path from "node:path";
import * as z from "zod";

const fileSchema = z.record(z.string(), z.string());

export type Checkpoints = {
  at: (shard: string) => string | undefined;
  save: (shard: string, sequenceNumber: string) => void;
  /** Forgets shards that the stream has no more. */
  keepOnly: (begins: string, shards: readonly string[]) => void;
};

export const openCheckpoints = (dataDirectory: string): Checkpoints => {
  const file = path.join(dataDirectory, "streams.json");
  const read = (): Map<string, string> => {
    if (!existsSync(file)) return new Map();
    try {
      return new Map(Object.entries(fileSchema.parse(JSON.parse(readFileSync(file, "utf8")))));
    } catch {
      // Without it, the shards are read from their start. Receivers know an event by its id.
      return new Map();
    }
  };
  const positions = read();
  const write = () => {
    writeFileSync(`${file}.new`, JSON.stringify(Object.fromEntries(positions)), { mode: 0o600 });
    renameSync(`${file}.new`, file);
  };
  return {
    at: (shard) => positions.get(shard),
    save: (shard, sequenceNumber) => {
      if (positions.get(shard) === sequenceNumber) return;
      positions.set(shard, sequenceNumber);
      write();
    },
    keepOnly: (begins, shards) => {
      const old = [...positions.keys()].filter((name) => name.startsWith(begins) && !shards.includes(name));
      for (const name of old) positions.delete(name);
      if (old.length > 0) write();
    },
  };
};
