import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { firstLines } from "../../../commands/user-files/first-lines.ts";

type Item = { keys: string[]; succeeds: boolean; steps: number };

/** Each line succeeds if no earlier winner has its keys and it is good itself. */
const inOrder = (items: Item[]) => {
  const winners = new Map<string, number>();
  return items.map(({ keys, succeeds }, index) => {
    const held = keys.map((key) => winners.get(key));
    if (succeeds && held.every((line) => line === undefined))
      for (const key of keys) winners.set(key, index + 1);
    return held;
  });
};

const atOnce = (items: Item[]) => {
  const takeTurn = firstLines();
  return Promise.all(
    items.map(({ keys, succeeds, steps }, index) => {
      const turn = takeTurn(index + 1, keys);
      return (async () => {
        const held = await turn.winners();
        for (let step = 0; step < steps; step += 1) await new Promise(setImmediate);
        turn.end(succeeds && held.every((line) => line === undefined));
        return held;
      })();
    }),
  );
};

describe("lines with one key", () => {
  it("have the same winners as one after the other", () =>
    fc.assert(
      fc.asyncProperty(
        fc.array(
          fc.record({
            keys: fc.uniqueArray(fc.constantFrom("a", "b", "c", "d", "e"), { minLength: 1, maxLength: 3 }),
            succeeds: fc.boolean(),
            steps: fc.integer({ min: 0, max: 5 }),
          }),
          { maxLength: 20 },
        ),
        async (items) => {
          expect(await atOnce(items)).toEqual(inOrder(items));
        },
      ),
      { numRuns: 100 },
    ));
});
