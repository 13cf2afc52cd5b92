import { randomUUID } from "node:crypto";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { deliveryStore, shownDelivery, type DeliveryEvent } from "../../../shared/delivery/delivery-store.ts";
import { fakeClock, farSeconds } from "../../support/store/fake-clock.ts";
import { runs } from "../../support/store/property-runs.ts";

const [hour, day, week] = [3_600, 86_400, 604_800];
const aKey = () => randomUUID();

type Told = Partial<Omit<DeliveryEvent, "atMilliseconds" | "sentAtMilliseconds">> & {
  at: number;
  sentAt?: number;
};
/** Times are seconds after the start of the test's clock. */
const missing = ({ at, sentAt = at - 1, ...rest }: Told): DeliveryEvent => ({
  state: "undeliverable",
  reason: "no_such_mailbox",
  stops: true,
  atMilliseconds: (farSeconds + at) * 1000,
  sentAtMilliseconds: (farSeconds + sentAt) * 1000,
  ...rest,
});
const complaint = (told: Told) =>
  missing({ ...told, state: "complained", reason: "complaint", stops: false });

const stopsOf = async (store: ReturnType<typeof deliveryStore>, key: string) => {
  const { stops = 0, stoppedUntil = 0 } = (await store.find(key)) ?? {};
  return { stops, until: stoppedUntil === 0 ? undefined : stoppedUntil - farSeconds };
};

describe("state of a mailbox", () => {
  it("is fine, without a time, as long as nothing is known", async () => {
    const store = deliveryStore(fakeClock().now);
    expect(shownDelivery(await store.find(aKey()))).toEqual({ state: "fine", reason: null, at: null });
  });

  it("stops for an hour, a day, then seven days each time", async () => {
    const [store, key] = [deliveryStore(fakeClock().now), aKey()];
    let at = 10;
    for (const [index, length] of [hour, day, week, week].entries()) {
      expect(await store.note(key, missing({ at }))).toBe("stopped");
      expect(await stopsOf(store, key)).toEqual({ stops: index + 1, until: at + length });
      at += length + 100;
    }
  });

  it("isn't stopped for longer by letters that left before the stop's end", async () => {
    const [store, key] = [deliveryStore(fakeClock().now), aKey()];
    await store.note(key, missing({ at: 10 }));
    expect(await store.note(key, missing({ at: 20, sentAt: 5 }))).toBe("noted");
    expect(await store.note(key, missing({ at: 9_000, sentAt: 10 + hour - 1 }))).toBe("noted");
    expect(await stopsOf(store, key)).toEqual({ stops: 1, until: 10 + hour });
    expect(await store.note(key, missing({ at: 9_001, sentAt: 10 + hour }))).toBe("stopped");
  });

  it("keeps its stop when something else becomes known", async () => {
    const [store, key] = [deliveryStore(fakeClock().now), aKey()];
    await store.note(key, missing({ at: 10, domainKey: "d" }));
    expect(await store.note(key, complaint({ at: 20 }))).toBe("noted");
    expect(await store.find(key)).toMatchObject({
      state: "complained",
      stops: 1,
      stoppedUntil: farSeconds + 10 + hour,
      domainKey: "d",
    });
  });

  it("is forgotten after 90 days, and stops begin anew", async () => {
    const clock = fakeClock();
    const [store, key] = [deliveryStore(clock.now), aKey()];
    await store.note(key, missing({ at: 0 }));
    clock.pass(90 * day - 1);
    expect(await store.find(key)).toBeDefined();
    expect((await store.findAll([key])).size).toBe(1);
    clock.pass(1);
    expect(await store.find(key)).toBeUndefined();
    expect((await store.findAll([key])).size).toBe(0);
    // TTL may not have deleted the item yet.
    await store.note(key, missing({ at: 90 * day }));
    expect(await stopsOf(store, key)).toEqual({ stops: 1, until: 90 * day + hour });
  });

  it("that was lifted ignores letters of before and hears of later ones", async () => {
    const clock = fakeClock();
    const [store, key] = [deliveryStore(clock.now), aKey()];
    await store.note(key, missing({ at: 10 }));
    clock.pass(100);
    await store.lift(key);
    expect(await store.find(key)).toMatchObject({ state: "fine", stops: 0, stoppedUntil: 0 });
    expect(await store.note(key, missing({ at: 50 }))).toBe("known");
    expect(await store.note(key, missing({ at: 200, sentAt: 90 }))).toBe("known");
    expect(await store.note(key, complaint({ at: 300, sentAt: 250 }))).toBe("noted");
    expect(await store.note(key, missing({ at: 400, sentAt: 90 }))).toBe("known");
    expect(await store.note(key, missing({ at: 500, sentAt: 450 }))).toBe("stopped");
    expect(await stopsOf(store, key)).toEqual({ stops: 1, until: 500 + hour });
  });

  it("hears of one event once, however many copies come at once", async () => {
    const [store, key] = [deliveryStore(fakeClock().now), aKey()];
    const event = missing({ at: 10 });
    const heard = await Promise.all(Array.from({ length: 8 }, () => store.note(key, event)));
    expect(heard.toSorted()).toEqual([...Array.from({ length: 7 }, () => "known"), "stopped"]);
  });
});

const events = fc
  .uniqueArray(
    fc.record({
      at: fc.integer({ min: 1, max: 10 * day }),
      waited: fc.integer({ min: 0, max: 2 * hour }),
      isMissing: fc.boolean(),
    }),
    { minLength: 1, maxLength: 6, selector: ({ at }) => at },
  )
  .map((list) =>
    list.map(({ at, waited, isMissing }) =>
      isMissing ? missing({ at, sentAt: at - waited }) : complaint({ at, sentAt: at - waited }),
    ),
  );

/** In their order and each once, with the rule as docs/operations.md says it. */
const inOrder = (list: DeliveryEvent[]) => {
  let [stops, until] = [0, 0];
  for (const event of list.toSorted((one, other) => one.atMilliseconds - other.atMilliseconds)) {
    if (!event.stops || event.sentAtMilliseconds < until * 1000) continue;
    stops += 1;
    until = event.atMilliseconds / 1000 + (stops === 1 ? hour : stops === 2 ? day : week);
  }
  return { stops, until: until === 0 ? undefined : until - farSeconds };
};

describe("state after any events", () => {
  it("is the model's if they come in order, with repeats", async () => {
    await fc.assert(
      fc.asyncProperty(events, fc.array(fc.nat(5), { maxLength: 6 }), async (list, repeats) => {
        const [store, key] = [deliveryStore(fakeClock().now), aKey()];
        const sorted = list.toSorted((one, other) => one.atMilliseconds - other.atMilliseconds);
        for (const [index, event] of sorted.entries()) {
          await store.note(key, event);
          for (const back of repeats) {
            const earlier = sorted[index - back];
            if (earlier) expect(await store.note(key, earlier)).toBe("known");
          }
        }
        expect(await stopsOf(store, key)).toEqual(inOrder(list));
      }),
      { numRuns: runs(40) },
    );
  });

  it("is the newest one's, with no more stops, in any order", async () => {
    const anyOrder = events.chain((list) =>
      fc.record({
        list: fc.constant(list),
        heard: fc
          .shuffledSubarray([...list, ...list, ...list], { minLength: 1 })
          .filter((heard) => heard.length > 0),
      }),
    );
    await fc.assert(
      fc.asyncProperty(anyOrder, async ({ list, heard }) => {
        const [store, key] = [deliveryStore(fakeClock().now), aKey()];
        const stopped = [];
        for (const event of heard) stopped.push(await store.note(key, event));
        const newest = heard.reduce((one, other) =>
          other.atMilliseconds > one.atMilliseconds ? other : one,
        );
        const { state, reason, atMilliseconds } = newest;
        expect(await store.find(key)).toMatchObject({ state, reason, atMilliseconds });
        const { stops } = await stopsOf(store, key);
        expect(stops).toBe(stopped.filter((outcome) => outcome === "stopped").length);
        expect(stops).toBeLessThanOrEqual(inOrder(list).stops);
        if (list.every(({ stops }) => stops)) expect(stops).toBeGreaterThan(0);
      }),
      { numRuns: runs(60) },
    );
  });
});
