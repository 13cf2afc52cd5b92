// A shell ends the server when our pipe closes, so that the server ends even if we are killed.
import { spawn } from "node:child_process";
import { once } from "node:events";
import { UserError } from "../../user-error.ts";

// sh gives background jobs /dev/null as stdin, so descriptor 3 keeps the pipe.
const supervise = `exec 3<&0
"$@" </dev/null 3<&- &
server=$!
( cat <&3 >/dev/null; kill "$server" 2>/dev/null ) &
wait "$server"`;

type SupervisedChild = { pid: number; exited: Promise<string>; stop: () => Promise<void> };

export const startSupervisedChild = (command: string, ...parameters: readonly string[]): SupervisedChild => {
  const child = spawn("/bin/sh", ["-c", supervise, "sh", command, ...parameters], {
    // In its own session, the server is not stopped by Ctrl-C before the functions are.
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
