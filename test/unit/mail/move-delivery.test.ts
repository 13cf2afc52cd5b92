import { describe, expect, it } from "vitest";
import type { LetterOrder } from "../../../shared/mail/letter-orders.ts";
import { awaitMove, sendMoveStarted, type MoveDeps } from "../../../shared/mail/move-delivery.ts";
import type { User } from "../../../shared/store/user-items.ts";
import { neverCalled } from "../../support/assert/never-called.ts";

const order = { userId: "u", moveId: "m" };
const move = { id: "m", email: "new@example.com", addressKey: "new", startedBy: "root", dueAt: 260_000 };
const frozen = { id: "u", email: "old@example.com", addressKey: "old", addressMove: move } as User;

const mailer = (user: User | undefined, now: number, overrides: Partial<MoveDeps> = {}) => {
  const sent: { to: string; text: string }[] = [];
  const events: unknown[] = [];
  const tagged: string[][] = [];
  const queued: [LetterOrder, number | undefined][] = [];
  const deps: MoveDeps = {
    users: { find: async () => user },
    codes: neverCalled("codes"),
    stops: neverCalled("stops"),
    moves: neverCalled("moves"),
    undoing: neverCalled("undoing"),
    recordSecurityEvent: (event, { userId }) => void events.push([event, userId]),
    createCode: neverCalled("createCode"),
    codeDigest: neverCalled("codeDigest"),
    sendEmail: async ({ email, addressKey }, kind, { text }) => {
      sent.push({ to: email, text });
      tagged.push([addressKey, kind]);
    },
    enqueueLetter: async (again, delay) => void queued.push([again, delay]),
    nowSeconds: () => now,
    product: "LIT Auth",
    defaultLocale: "en",
    lifetimeSeconds: 600,
    ...overrides,
  };
  return { deps, sent, queued, events, tagged };
};

describe("order of a move from a lost mailbox", () => {
  it("queues itself again until the move is due, never too late", async () => {
    let now = 800;
    let waited = 0;
    for (; now < move.dueAt; waited += 1) {
      const { deps, queued } = mailer(frozen, now);
      expect(await awaitMove(order, deps)).toBe("waiting");
      const [[again, delay = 0] = []] = queued;
      expect([queued.length, again]).toEqual([1, { kind: "address_move_due", ...order }]);
      expect(delay).toBeGreaterThan(0);
      expect(delay).toBeLessThanOrEqual(600);
      now += delay;
    }
    expect([now, waited]).toEqual([move.dueAt, 432]);
    const confirmations: unknown[] = [];
    const confirm: MoveDeps["moves"]["confirm"] = async (...given) => {
      confirmations.push(given);
      return "confirmed";
    };
    const { deps, queued, events } = mailer(frozen, now, { moves: { confirm } });
    expect(await awaitMove(order, deps)).toBe("due");
    expect([queued, events]).toEqual([[], [["address_move_confirmed", "u"]]]);
    expect(confirmations).toEqual([[frozen, move, { otpRequestId: "m" }]]);
  });

  it("ends if the move was cancelled, replaced, claimed or confirmed", async () => {
    const { addressMove: _, ...free } = frozen;
    for (const user of [
      undefined,
      free,
      { ...frozen, addressMove: { ...move, id: "another" } },
      { ...frozen, addressMove: { ...move, confirmation: "of an administrator" } },
    ])
      for (const now of [1000, move.dueAt]) {
        const { deps, queued } = mailer(user, now);
        expect(await awaitMove(order, deps)).toBe("superseded");
        expect(queued).toEqual([]);
      }
    const lostRace = { confirm: async () => "changed_meanwhile" as const };
    expect(await awaitMove(order, mailer(frozen, move.dueAt, { moves: lostRace }).deps)).toBe("superseded");
  });

  it("goes on after an interruption without a second confirmation", async () => {
    const confirmed = { ...frozen, addressMove: { ...move, confirmation: "m" } };
    expect(await awaitMove(order, mailer(confirmed, move.dueAt + 60).deps)).toBe("due");
  });
});

describe("notices of a move from a lost mailbox", () => {
  it("name the time and contain no code", async () => {
    const { deps, sent } = mailer(frozen, 1000);
    expect(await sendMoveStarted(order, deps)).toBe("sent");
    expect(sent.map(({ to }) => to)).toEqual(["old@example.com", "new@example.com"]);
    for (const { text } of sent) {
      expect(text).toContain("4 January 1970 at 00:13 UTC");
      expect(text).not.toMatch(/^ {4}/m);
    }
  });

  it("go to the earlier address of an undoable change too", async () => {
    const moved = { ...frozen, undoAddressKey: "earlier", undoUntil: 2000 };
    const find = async () => ({ userId: "u", email: "earlier@example.com", expiresAt: 2000 });
    const { deps, sent, tagged } = mailer(moved, 1000, { undoing: { find } });
    await sendMoveStarted(order, deps);
    expect(sent.map(({ to }) => to)).toEqual(["old@example.com", "earlier@example.com", "new@example.com"]);
    expect(tagged).toEqual([
      ["old", "mailbox_lost"],
      ["earlier", "mailbox_lost"],
      ["new", "new_mailbox"],
    ]);
  });

  it("aren't sent once the move is replaced", async () => {
    const { deps, sent } = mailer({ ...frozen, addressMove: { ...move, id: "another" } }, 1000);
    expect(await sendMoveStarted(order, deps)).toBe("superseded");
    expect(sent).toEqual([]);
  });
});
