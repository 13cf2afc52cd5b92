/**
 * Servers that are not ours (Java, Rust) as child processes that can't outlive us: a shell holds our pipe and ends the
 * server when the pipe closes, which also happens when we are killed without a chance to clean up.
 */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { UserError } from "../../user-error.ts";

// A background job of sh reads from /dev/null, so the pipe is kept as descriptor 3.
const supervise = `exec 3<&0
"$@" </dev/null 3<&- &
server=$!
( cat <&3 >/dev/null; kill "$server" 2>/dev/null ) &
wait "$server"`;

export type SupervisedChild = { pid: number; exited: Promise<string>; stop: () => Promise<void> };

export const startSupervisedChild = (command: string, ...parameters: readonly string[]): SupervisedChild => {
  const child = spawn("/bin/sh", ["-c", supervise, "sh", command, ...parameters], {
    // In a session of its own, Ctrl-C in the terminal does not reach it before we have stopped the functions.
    detached: true,
    stdio: ["pipe", "pipe", "pipe"],
  });
  if (child.pid === undefined) throw new UserError(`/bin/sh could not be started, so ${command} can't run.`);
  let output = "";
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding("utf8").on("data", (text: string) => {
      output = (output + text).slice(-4000);
    });
  }
  child.stdin.on("error", () => {});
  const exited = once(child, "exit").then(() => {
    child.stdin.destroy();
    return output.trim();
  });
  return {
    pid: child.pid,
    exited,
    stop: async () => {
      child.stdin.end();
      await exited;
    },
  };
};
