import { describe, expect, it } from "vitest";
import { delaySecondsOf, letterOrder, type LetterOrder } from "../../../shared/mail/letter-orders.ts";
import { orderConsumer } from "../../../shared/mail/order-consumer.ts";
import { neverCalled } from "../../support/assert/never-called.ts";
import { sesRefusals } from "../../support/mail/virtual-ses.ts";

type Deps = Parameters<ReturnType<typeof orderConsumer>>[1];
type Sent = { to: string; kind: string };

const now = 1_000_000;
const refusal = ({ name, message }: { name: string; message: string }) =>
  Object.assign(new Error(message), { name });
const rate = refusal(sesRefusals.rate);
const rejected = refusal({ name: "MessageRejected", message: "Address blacklisted." });

/** `answers` are SES's, in order: an error, or nothing for a letter that it takes. */
const mailer = (answers: (Error | undefined)[], overrides: Partial<Deps> = {}) => {
  const sent: Sent[] = [];
  const queued: [LetterOrder, number | undefined][] = [];
  const aside: LetterOrder[] = [];
  const left = [...answers];
  const user = { id: "u", email: "u@example.com", addressKey: "k" };
  const deps: Deps = {
    users: { find: async () => user as never, findIdByAddress: async () => undefined },
    codes: { issue: async () => user, retire: async () => {} },
    stops: { holdBack: async () => false },
    ending: neverCalled("ending"),
    addressChanges: neverCalled("addressChanges"),
    undoing: { find: async () => undefined },
    registrations: { find: async () => undefined },
    resets: neverCalled("resets"),
    limits: neverCalled("limits"),
    moves: neverCalled("moves"),
    formerAddresses: neverCalled("formerAddresses"),
    createCode: () => "012345",
    codeDigest: async () => "digest",
    sendEmail: async ({ email }, kind) => {
      const answer = left.shift();
      if (answer) throw answer;
      sent.push({ to: email, kind });
    },
    enqueueLetter: async (order, delaySeconds) => void queued.push([order, delaySeconds]),
    putAside: async (order) => void aside.push(order),
    recordSecurityEvent: () => {},
    nowSeconds: () => now,
    random: () => 1,
    product: "LIT Auth",
    defaultLocale: "en",
    lifetimeSeconds: 600,
    ...overrides,
  };
  const consume = orderConsumer();
  return {
    sent,
    queued,
    aside,
    asked: () => answers.length - left.length,
    consume: (order: LetterOrder, batch = "one", queuedAt = now) => consume(order, deps, { batch, queuedAt }),
  };
};

const login = { kind: "login", userId: "u", otpRequestId: "r" } as const;
const notice = { kind: "rank_changed", userId: "u", isStaff: true } as const;

describe("an order at SES's rate", () => {
  it("is queued anew with its age, cause and one more try", async () => {
    const { consume, queued } = mailer([rate]);
    const order = letterOrder.parse({ ...login, orderedAt: now - 100, tries: 2, causeRequestId: "call" });
    expect(await consume(order)).toBe("throttled");
    expect(queued).toEqual([[{ ...order, tries: 3 }, 16]]);
  });

  it("of an earlier version is as old as its message", async () => {
    const { consume, queued } = mailer([rate]);
    await consume(login, "one", now - 50);
    expect(queued[0]?.[0]).toEqual({ ...login, orderedAt: now - 50, tries: 1 });
  });

  it("spares the rest of its batch the question, and no other batch", async () => {
    const { consume, queued, sent, asked } = mailer([rate, undefined]);
    await consume(login, "one");
    expect(await consume(notice, "one")).toBe("throttled");
    expect([queued.length, sent.length, asked()]).toEqual([2, 0, 1]);
    expect(await consume(notice, "two")).toBe("sent");
    expect([queued.length, sent.length, asked()]).toEqual([2, 1, 2]);
  });

  it("fails its message if it can't be queued anew", async () => {
    const down = new Error("no queue");
    const { consume } = mailer([rate], { enqueueLetter: () => Promise.reject(down) });
    await expect(consume(login)).rejects.toBe(down);
  });

  it("doesn't repeat the letters that it has sent", async () => {
    const addressMove = {
      id: "m",
      email: "new@example.com",
      addressKey: "new",
      startedBy: "root",
      dueAt: now,
    };
    const frozen = { id: "u", email: "old@example.com", addressKey: "old", addressMove };
    const users: Deps["users"] = {
      find: async () => frozen as never,
      findIdByAddress: neverCalled("pointer"),
    };
    const first = mailer([undefined, rate], { users });
    await first.consume({ kind: "address_move_started", userId: "u", moveId: "m" });
    const [[again] = []] = first.queued;
    expect(again?.sent).toHaveLength(1);
    expect(JSON.stringify(again)).not.toContain("@");
    const second = mailer([undefined], { users });
    expect(await second.consume(again!)).toBe("sent");
    expect([...first.sent, ...second.sent].map(({ to }) => to)).toEqual([
      "old@example.com",
      "new@example.com",
    ]);
  });

  it("sends letters to two addresses without a pseudonym", async () => {
    const left = ["earlier", "deleted"];
    const formerAddresses: Deps["formerAddresses"] = {
      find: async (which) =>
        left.includes(which) ? { email: `${which}@example.com`, addressKey: "none" } : undefined,
      forget: async (which) => void left.splice(left.indexOf(which), 1),
    };
    const first = mailer([undefined, rate], { formerAddresses });
    await first.consume({ kind: "goodbye", userId: "u" });
    const [[again] = []] = first.queued;
    const second = mailer([undefined], { formerAddresses });
    expect(await second.consume(again!)).toBe("sent");
    const both = mailer([undefined, undefined], {
      formerAddresses: {
        find: async (which) => ({ email: `${which}@example.com`, addressKey: "none" }),
        forget: async () => {},
      },
    });
    expect(await both.consume({ kind: "goodbye", userId: "u" })).toBe("sent");
    for (const sent of [[...first.sent, ...second.sent], both.sent])
      expect(sent.map(({ to }) => to)).toEqual(["earlier@example.com", "deleted@example.com"]);
  });

  it("isn't mistaken for a busy store", async () => {
    const busy = refusal(sesRefusals.rate);
    const { consume, queued } = mailer([], {
      codes: { issue: () => Promise.reject(busy), retire: neverCalled("retire") },
    });
    await expect(consume(login)).rejects.toBe(busy);
    expect(queued).toEqual([]);
  });
});

describe("an order that SES", () => {
  it("refuses for good goes to the dead letters at once", async () => {
    const { consume, aside, queued } = mailer([rejected, undefined]);
    const order = { ...login, orderedAt: now, tries: 0 };
    expect(await consume(order)).toEqual({ outcome: "refused", error: rejected });
    expect([aside, queued]).toEqual([[order], []]);
    expect(await consume(notice)).toBe("sent");
  });

  it("doesn't answer fails its message, and the rest of the batch waits", async () => {
    const silent = refusal({ name: "TimeoutError", message: "no answer within 6000 ms" });
    const { consume, queued, asked } = mailer([silent]);
    await expect(consume(login)).rejects.toBe(silent);
    expect(await consume(notice)).toBe("unavailable");
    expect([queued.length, asked()]).toEqual([1, 1]);
  });

  it("can't take for four days goes to the dead letters", async () => {
    const pause = refusal(sesRefusals.pause);
    const { consume, aside, queued } = mailer([pause, pause, rate, undefined]);
    const order = { ...notice, orderedAt: now - 4 * 86_400, tries: 99 };
    expect(await consume(order)).toBe("sending_paused");
    const older = { ...order, orderedAt: order.orderedAt - 1 };
    expect(await consume(older, "two")).toEqual({ outcome: "never_sent", error: pause });
    expect([aside, queued.length]).toEqual([[{ ...older, tries: 0 }], 1]);
    // An operator has moved it back from the dead letters, together with many others.
    expect(await consume({ ...older, tries: 0 }, "three")).toBe("throttled");
    expect([aside.length, queued.length]).toEqual([1, 2]);
    expect(await consume({ ...older, tries: 1 }, "four")).toBe("sent");
  });
});

describe("the age of an order", () => {
  const old = now - 15 * 60 - 1;

  it.each([
    { ...login },
    { kind: "activation", addressKey: "k", otpRequestId: "r" },
    { kind: "password_reset", addressKey: "k", otpRequestId: "r" },
  ] as const)("ends a code that people wait for: $kind", async (order) => {
    const { consume, asked } = mailer([undefined]);
    expect(await consume({ ...order, orderedAt: old })).toBe("too_old");
    expect(await consume(order, "two", old)).toBe("too_old");
    expect(asked()).toBe(0);
    if (order.kind === "password_reset") return;
    expect(await consume({ ...order, orderedAt: old + 1 })).toBe("sent");
  });

  it.each([
    { ...notice },
    { kind: "password_changed", userId: "u", byReset: true },
    { kind: "session_replayed", userId: "u" },
    { kind: "address_move_cancelled", userId: "u" },
  ] as const)("never ends a notice: $kind", async (order) => {
    const { consume, sent } = mailer([undefined]);
    expect(await consume({ ...order, orderedAt: now - 30 * 86_400 })).toBe("sent");
    expect(sent).toHaveLength(1);
  });

  const change = {
    userId: "u",
    email: "new@example.com",
    addressKey: "new",
    oldAddressKey: "k",
    sessionEpoch: 0,
    withUndo: true,
    byStaff: false,
    otpRequestId: "r",
    expiresAt: now + 3600,
  };

  it("ends the code for a new address, but not the undo code", async () => {
    const order = { kind: "email_change", userId: "u", otpRequestId: "r" } as const;
    const changes = { find: async () => change };
    const late = mailer([undefined, undefined], { addressChanges: changes });
    expect(await late.consume({ ...order, orderedAt: old })).toBe("too_old");
    expect(late.sent.map(({ kind }) => kind)).toEqual(["email_changing"]);
    const again = mailer([undefined], {
      addressChanges: { find: async () => ({ ...change, withUndo: false }) },
    });
    expect(await again.consume({ ...order, orderedAt: old })).toBe("too_old");
    expect(again.sent.map(({ kind }) => kind)).toEqual(["email_changing_again"]);
    const young = mailer([undefined, undefined], { addressChanges: changes });
    expect(await young.consume({ ...order, orderedAt: old + 1 })).toBe("sent");
    expect(young.sent.map(({ kind }) => kind)).toEqual(["email_changing", "email_change"]);
  });

  it("doesn't end the code of a move, for which no one waits", async () => {
    const move = {
      id: "m",
      confirmation: "m",
      email: "new@example.com",
      addressKey: "new",
      startedBy: "x",
      dueAt: 0,
    };
    const frozen = { id: "u", email: "u@example.com", addressKey: "k", addressMove: move };
    const confirmed = { ...change, moveId: "m", otpRequestId: "m", withUndo: false };
    for (const order of [
      { kind: "address_move_due", userId: "u", moveId: "m" },
      { kind: "email_change", userId: "u", otpRequestId: "m" },
    ] as const) {
      const { consume, sent } = mailer([undefined], {
        users: { find: async () => frozen as never, findIdByAddress: async () => undefined },
        addressChanges: { find: async () => confirmed },
      });
      expect(await consume({ ...order, orderedAt: old })).toBe("sent");
      expect(sent.map(({ kind }) => kind)).toEqual(["email_change"]);
    }
  });
});

describe("the delay of an order", () => {
  const most = (order: LetterOrder, reason: "throttled" | "quota_exceeded", tries: number, age = 0) =>
    delaySecondsOf({ ...order, orderedAt: now - age, tries }, { reason, now }, () => 1);

  it("grows with its tries, for a quota more than for a rate", () => {
    expect([0, 1, 2, 3, 40].map((tries) => most(login, "throttled", tries))).toEqual([4, 8, 16, 30, 30]);
    expect([0, 1, 40].map((tries) => most(login, "quota_exceeded", tries))).toEqual([60, 120, 120]);
    expect([0, 1, 40].map((tries) => most(notice, "throttled", tries))).toEqual([60, 120, 900]);
    expect([0, 40].map((tries) => most(notice, "quota_exceeded", tries))).toEqual([240, 900]);
  });

  it("leaves a code one more try before it is too old", () => {
    expect(most(login, "quota_exceeded", 40, 850)).toBe(40);
    for (const age of [889, 890, 899, 900, 5000]) {
      const delay = most(login, "throttled", 40, age);
      expect(delay).toBeGreaterThanOrEqual(1);
      if (age < 890) expect(age + delay).toBeLessThan(900);
    }
  });

  it("is a random part of that, and at least one second", () => {
    const random = (part: number) =>
      delaySecondsOf({ ...notice, tries: 4 }, { reason: "throttled", now }, () => part);
    expect([0, 0.25, 0.5, 1].map(random)).toEqual([1, 225, 450, 900]);
  });
});
