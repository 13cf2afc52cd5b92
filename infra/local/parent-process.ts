// Stops the runner when npm has exited: a killed npm (SIGKILL) forwards no signal. Its script runs
// in a shell, and some shells stay then, so that the shell's parent tells. Only Linux shows that.
import { readFileSync } from "node:fs";

const lookEveryMilliseconds = 500;

const parentOf = (pid: number): string | undefined => {
  try {
    const afterName = readFileSync(`/proc/${pid}/stat`, "utf8").replace(/^.*\) /s, "");
    return afterName.split(" ")[1];
  } catch {
    return undefined;
  }
};

const ancestors = (): string => `${process.ppid} ${parentOf(process.ppid)}`;

export const onParentGone = (react: () => void): void => {
  const first = ancestors();
  const timer = setInterval(() => {
    if (ancestors() === first) return;
    clearInterval(timer);
    react();
  }, lookEveryMilliseconds);
  timer.unref();
};
