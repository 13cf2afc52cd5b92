import { describe, expect, it } from "vitest";
import { inParallel } from "../../../commands/user-files/in-parallel.ts";

async function* upTo(count: number, taken: number[] = []) {
  for (let item = 1; item <= count; item += 1) {
    taken.push(item);
    yield item;
  }
}

describe("parallel work", () => {
  it("handles each item once, within the limit of concurrency", async () => {
    const done: number[] = [];
    let [running, most] = [0, 0];
    await inParallel(upTo(50), 4, async (item) => {
      running += 1;
      most = Math.max(most, running);
      await new Promise(setImmediate);
      running -= 1;
      done.push(item);
    });
    expect(done.toSorted((a, b) => a - b)).toEqual(Array.from({ length: 50 }, (_, index) => index + 1));
    expect(most).toBe(4);
  });

  it("starts nothing after a failure, which it throws in the end", async () => {
    const [taken, finished]: [number[], number[]] = [[], []];
    const work = async (item: number) => {
      await new Promise(setImmediate);
      if (item === 10) throw new Error("the store is gone");
      finished.push(item);
    };
    await expect(inParallel(upTo(50, taken), 4, work)).rejects.toThrow("the store is gone");
    expect(taken.length).toBeLessThan(20);
    expect(finished.length).toBeGreaterThanOrEqual(9);
  });
});
