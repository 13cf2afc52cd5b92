// What `npm run bench:mail` measures with real time and the bundled mailer, on a virtual clock.
import * as fc from "fast-check";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import type { LetterOrder } from "../../../shared/mail/letter-orders.ts";
import { simulateMail } from "../../support/mail/virtual-mail.ts";

beforeAll(() => {
  vi.stubEnv("POWERTOOLS_DEV", "true");
  for (const method of ["info", "error"] as const) vi.spyOn(console, method).mockReturnValue();
});
afterAll(() => {
  vi.restoreAllMocks();
  vi.unstubAllEnvs();
});

const codes = (count: number): LetterOrder[] =>
  Array.from({ length: count }, (_, index) => ({ kind: "login", userId: `u${index}`, otpRequestId: "r" }));
const notices = (count: number): LetterOrder[] =>
  Array.from({ length: count }, (_, index) => ({ kind: "rank_changed", userId: `u${index}`, isStaff: true }));
const goodbyes = (count: number): LetterOrder[] =>
  Array.from({ length: count }, (_, index) => ({ kind: "goodbye", userId: `u${index}` }));

const quarterHour = 900;

describe("letters at SES's limits", () => {
  it.each([
    ["600 codes at 14 a second", 600, { perSecond: 14 }],
    ["400 codes at 5 a second", 400, { perSecond: 5 }],
    ["150 codes at 1 a second", 150, { perSecond: 1 }],
    ["a quota that opens again", 200, { perSecond: 14, quota: { letters: 100, reopensAt: 400 } }],
    ["a pause of ten minutes", 100, { perSecond: 5, pauses: [{ from: 2, to: 600 }] }],
  ])("all leave once, in time and on the first receive: %s", async (_name, count, ses) => {
    for (const seed of [1, 2]) {
      const done = await simulateMail(codes(count), { ses, seed });
      expect(done).toMatchObject({ twice: 0, dead: 0, mostReceives: 1 });
      expect(done.sent).toHaveLength(count);
      expect(done.oldestCodeSeconds).toBeLessThan(quarterHour);
    }
  });

  it("leave codes room beside a flood of notices", async () => {
    const done = await simulateMail([...notices(1000), ...codes(50)], { ses: { perSecond: 5 } });
    expect(done).toMatchObject({ twice: 0, dead: 0, mostReceives: 1 });
    expect(done.sent).toHaveLength(1050);
    const lastNotice = Math.max(...done.sent.filter(({ kind }) => kind !== "login").map(({ at }) => at));
    expect(done.oldestCodeSeconds).toBeLessThan(lastNotice / 2);
  });

  it("drop codes for which no one waits any more, and keep notices", async () => {
    const closed = { perSecond: 14, quota: { letters: 0, reopensAt: 3600 } };
    const done = await simulateMail([...codes(20), ...notices(20)], { ses: closed });
    expect(done).toMatchObject({ twice: 0, dead: 0, mostReceives: 1 });
    expect(done.sent.map(({ kind }) => kind)).toEqual(Array<string>(20).fill("rank_raised"));
  });

  it("put notices aside that could not leave for four days", async () => {
    const closed = { perSecond: 14, pauses: [{ from: 0, to: 5 * 86_400 }] };
    const done = await simulateMail(notices(3), { ses: closed });
    expect(done).toMatchObject({ sent: [], dead: 3, mostReceives: 1 });
  });

  it("are neither lost nor sent twice with any limits", async () => {
    const spans = fc.record({ from: fc.nat(100), length: fc.integer({ min: 1, max: 300 }) });
    const limits = fc.record({
      perSecond: fc.integer({ min: 1, max: 20 }),
      quota: fc.option(fc.record({ letters: fc.nat(40), reopensAt: fc.nat(400) }), { nil: undefined }),
      pauses: fc.array(
        spans.map(({ from, length }) => ({ from, to: from + length })),
        { maxLength: 1 },
      ),
    });
    const crowd = fc.record({ codes: fc.nat(30), notices: fc.nat(20), goodbyes: fc.nat(10) });
    const options = fc.record({
      seed: fc.nat(1000),
      concurrency: fc.integer({ min: 2, max: 5 }),
      crashes: fc.constantFrom(0, 0.1),
    });
    await fc.assert(
      fc.asyncProperty(limits, crowd, options, async (ses, count, more) => {
        const orders = [...codes(count.codes), ...notices(count.notices), ...goodbyes(count.goodbyes)];
        const done = await simulateMail(orders, { ses, ...more });
        expect(done).toMatchObject({ twice: 0, dead: 0 });
        // The account's former address and the one before it get one goodbye each.
        expect(done.sent).toHaveLength(orders.length + count.goodbyes);
        expect(done.mostReceives).toBeLessThanOrEqual(1 + done.mostCrashes);
      }),
      { numRuns: 40 },
    );
  });
});
