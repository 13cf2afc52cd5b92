// Gives a process the share of one vCPU that Lambda gives to a memory size, by a control group of
// Linux. This needs the `cpu` controller of cgroup v1, and the right to write it.
import { accessSync, constants, existsSync, mkdirSync, readdirSync, rmdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { UserError } from "../../../../infra/user-error.ts";

/** AWS: "At 1,769 MB, a function has the equivalent of one vCPU", and less in proportion below. */
export const megabytesOfOneVcpu = 1_769;
const controller = "/sys/fs/cgroup/cpu";
// AWS names no period. A short one reaches calls of a few milliseconds too.
export const periodMilliseconds = 20;
const periodMicroseconds = periodMilliseconds * 1000;

export type VcpuShare = {
  add: (pid: number) => void;
  /** The init phase has a whole vCPU at any size. */
  set: (memoryMegabytes: number) => void;
  remove: () => Promise<void>;
};

const prefix = "lit-auth-bench-";
/** An interrupted run leaves an empty group. One that is in use can't be removed. */
const removeEmptyGroups = () => {
  for (const name of readdirSync(controller).filter((one) => one.startsWith(prefix)))
    try {
      rmdirSync(join(controller, name));
    } catch {
      continue;
    }
};

export const createVcpuShare = (): VcpuShare => {
  const group = join(controller, `${prefix}${process.pid}`);
  try {
    if (!existsSync(join(controller, "cpu.cfs_quota_us"))) throw new Error("no cgroup v1");
    accessSync(join(controller, "cgroup.procs"), constants.W_OK);
    removeEmptyGroups();
    mkdirSync(group);
  } catch (error) {
    throw new UserError(
      `This machine can't throttle a process: ${controller} must be the cpu controller of cgroup v1, and writable (usually by root). ${String(error)}`,
    );
  }
  const write = (file: string, value: number) => writeFileSync(join(group, file), String(value));
  write("cpu.cfs_period_us", periodMicroseconds);
  return {
    add: (pid) => write("cgroup.procs", pid),
    set: (memoryMegabytes) =>
      write(
        "cpu.cfs_quota_us",
        Math.round((periodMicroseconds * Math.min(memoryMegabytes, megabytesOfOneVcpu)) / megabytesOfOneVcpu),
      ),
    remove: async () => {
      // A group can be removed once the kernel has forgotten its last process.
      for (let attempt = 0; attempt < 50; attempt += 1)
        try {
          return rmdirSync(group);
        } catch {
          await delay(20);
        }
    },
  };
};
