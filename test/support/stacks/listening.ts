// Finds the addresses at which processes of this machine listen, in /proc.
import { readdirSync, readFileSync, readlinkSync } from "node:fs";

export type Listening = { pid: number; host: string; port: number };

const listeningState = "0A";

const hostOf = (hex: string): string =>
  hex.length > 8
    ? "::"
    : [6, 4, 2, 0].map((from) => Number.parseInt(hex.slice(from, from + 2), 16)).join(".");

const socketsOf = (pid: number): string[] => {
  try {
    return readdirSync(`/proc/${pid}/fd`).flatMap((descriptor) => {
      try {
        return /^socket:\[(\d+)\]$/.exec(readlinkSync(`/proc/${pid}/fd/${descriptor}`))?.[1] ?? [];
      } catch {
        return [];
      }
    });
  } catch {
    return [];
  }
};

export const listening = (pids: readonly number[]): Listening[] => {
  const lines = ["tcp", "tcp6"].flatMap((family) => readFileSync(`/proc/net/${family}`, "utf8").split("\n"));
  const byInode = new Map(
    lines.flatMap((line) => {
      const [, local = "", , state, , , , , , inode = ""] = line.trim().split(/\s+/);
      const [host = "", port = ""] = local.split(":");
      if (state !== listeningState) return [];
      return [[inode, { host: hostOf(host), port: Number.parseInt(port, 16) }] as const];
    }),
  );
  return pids.flatMap((pid) =>
    socketsOf(pid).flatMap((inode) => {
      const found = byInode.get(inode);
      return found === undefined ? [] : [{ pid, ...found }];
    }),
  );
};
