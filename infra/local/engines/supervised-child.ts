// A supervisor ends the server when our pipe closes, so that the server ends even if we are killed.
import { spawn } from "node:child_process";
import { once } from "node:events";
import { UserError } from "../../user-error.ts";

// sh gives background jobs /dev/null as stdin, so descriptor 3 keeps the pipe.
const shellScript = `exec 3<&0
"$@" </dev/null 3<&- &
server=$!
( cat <&3 >/dev/null; kill "$server" 2>/dev/null ) &
wait "$server"`;

const nodeScript = `
const [command, ...parameters] = process.argv.slice(1);
const stdio = ["ignore", "inherit", "inherit"];
const server = require("node:child_process").spawn(command, parameters, { stdio, windowsHide: true });
server.on("error", ({ message }) => { console.error(message); process.exit(1); });
server.on("exit", (status) => process.exit(status ?? 1));
process.stdin.on("end", () => server.kill()).resume();`;

export type Supervisor = readonly [command: string, ...parameters: string[]];
/** A shell costs less than Node, and Windows has none that knows this. */
export const supervisors = {
  shell: ["/bin/sh", "-c", shellScript, "sh"],
  node: [process.execPath, "-e", nodeScript],
} as const satisfies Record<string, Supervisor>;
const usual = process.platform === "win32" ? supervisors.node : supervisors.shell;

type SupervisedChild = { pid: number; exited: Promise<string>; stop: () => Promise<void> };

export const startSupervisedChild = (
  server: readonly [command: string, ...parameters: string[]],
  [supervisor, ...script]: Supervisor = usual,
): SupervisedChild => {
  const child = spawn(supervisor, [...script, ...server], {
    // In its own session, the server is not stopped by Ctrl-C before the functions are.
    detached: true,
    windowsHide: true,
    stdio: ["pipe", "pipe", "pipe"],
  });
  if (child.pid === undefined)
    throw new UserError(`${supervisor} could not be started, so ${server[0]} can't run.`);
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
