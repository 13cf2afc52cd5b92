// Time that only tests move. Work between two timers ends before the next one fires.
import { afterEach, beforeEach, vi } from "vitest";

let dueTimes: number[] = [];

/** All work that waits for nothing but other work has ended. */
export const turn = async (): Promise<void> => {
  for (let turns = 0; turns < 3; turns += 1) await new Promise((resolve) => setImmediate(resolve));
};

export const pass = async (milliseconds: number): Promise<void> => {
  const end = performance.now() + milliseconds;
  for (;;) {
    await turn();
    const now = performance.now();
    dueTimes = dueTimes.filter((due) => due > now);
    const next = Math.min(end, ...dueTimes);
    vi.advanceTimersByTime(Math.max(0, Math.ceil(next - now)));
    if (performance.now() >= end) return turn();
  }
};

export const passSeconds = (seconds: number) => pass(seconds * 1000);

const longestWaitSeconds = 200;

/** Passes as much time as the work needs. */
export const settled = async <Result>(work: Promise<Result>): Promise<Result> => {
  let isDone = false;
  const done = () => void (isDone = true);
  void work.then(done, done);
  await turn();
  for (let tries = 0; !isDone; tries += 1) {
    if (tries > longestWaitSeconds * 10) throw new Error("the work does not end");
    await pass(100);
  }
  return work;
};

/** Sets the clock of the device, which the service does not share. */
export const shiftDeviceClock = (seconds: number): void => void vi.setSystemTime(Date.now() + seconds * 1000);

export const useFakeTime = (): void => {
  beforeEach(() => {
    dueTimes = [];
    vi.useFakeTimers({ toFake: ["Date", "performance", "setTimeout", "clearTimeout"] });
    vi.setSystemTime("2026-03-01T12:00:00Z");
    const schedule = globalThis.setTimeout;
    vi.stubGlobal(
      "setTimeout",
      Object.assign((work: () => void, milliseconds = 0) => {
        dueTimes.push(performance.now() + milliseconds);
        return schedule(work, milliseconds);
      }, schedule),
    );
  });
  afterEach(() => {
    vi.unstubAllGlobals();
    vi.useRealTimers();
  });
};
