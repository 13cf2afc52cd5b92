import { randomUUID } from "node:crypto";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { operator } from "../../../shared/events/actor.ts";
import { addressChangeStore } from "../../../shared/accounts/address-change-store.ts";
import { addressChangePks, emailUndoPk } from "../../../shared/store/address-items.ts";
import { addressUndoStore } from "../../../shared/accounts/address-undo-store.ts";
import { nowSeconds } from "../../../shared/platform/clock.ts";
import { findAddressPointer } from "../../../shared/store/address-pointers.ts";
import { userStore } from "../../../shared/accounts/user-store.ts";
import { fakeClock } from "../../support/store/fake-clock.ts";
import {
  codeLifetime,
  isStored,
  newAddress,
  activateAsReadAt,
  activateAt,
  emailChangeFlow,
  type Address,
} from "../../support/people/email-change-flow.ts";
import { runs } from "../../support/store/property-runs.ts";

const day = 86_400;

describe("email change", () => {
  it("can be confirmed for ten minutes [ASVS 6.5.5]", async () => {
    for (const [age, moves] of [
      [codeLifetime - 1, true],
      [codeLifetime, false],
    ] as const) {
      const { clock, ask, confirm } = await emailChangeFlow();
      await ask(newAddress(), "d");
      clock.pass(age);
      expect((await confirm("d")) !== "refused").toBe(moves);
    }
  });

  it("can be undone for seven days after its confirmation [ASVS 6.5.5]", async () => {
    for (const [age, outcome] of [
      [7 * day - 1, "undone"],
      [7 * day, "refused"],
    ] as const) {
      const { clock, user, ask, confirm, undo } = await emailChangeFlow();
      await ask(newAddress(), "d");
      clock.pass(300);
      await confirm("d");
      clock.pass(age);
      expect(await undo(user.addressKey, "d")).toBe(outcome);
    }
  });

  it("succeeds again if the same invocation repeats it", async () => {
    const { user, ask, confirm, currentUser } = await emailChangeFlow();
    const to = newAddress();
    await ask(to, "d");
    const change = (await addressChangeStore().find(user.id))!;
    const token = randomUUID();
    expect(await confirm("d", token)).toMatchObject(to);
    const { now } = fakeClock();
    expect(await addressChangeStore(now).confirm(user, change, ["d"], token)).toMatchObject(to);
    const moved = await currentUser();
    const undoing = addressUndoStore(now);
    const back = () => undoing.undo(moved, user, ["d"], `${token.slice(1)}0`);
    expect([await back(), await back()]).toEqual(["undone", "undone"]);
    expect((await currentUser()).sessionEpoch).toBe(moved.sessionEpoch + 1);
  });

  it("doesn't replace the undo of a change that was confirmed meanwhile", async () => {
    const { user, ask, confirm, undo, currentUser } = await emailChangeFlow();
    await ask(newAddress(), "d");
    // The handler hashes the password between reading the account and writing the change.
    const before = await currentUser();
    await confirm("d");
    const late = { ...newAddress(), otpRequestId: randomUUID(), byStaff: false };
    expect(await addressChangeStore().start(before, late)).toBe("changed_meanwhile");
    expect(await undo(user.addressKey, "d")).toBe("undone");
  });

  it("isn't started for an account that was deleted meanwhile", async () => {
    const { user } = await emailChangeFlow();
    await userStore().remove(user, operator);
    const late = { ...newAddress(), otpRequestId: randomUUID(), byStaff: false };
    expect(await addressChangeStore().start(user, late)).toBe("changed_meanwhile");
    for (const pk of addressChangePks(user, nowSeconds())) expect(await isStored(pk)).toBe(false);
  });

  it("leaves nothing behind when the account is deleted", async () => {
    const { clock, user, ask, confirm, currentUser, remove } = await emailChangeFlow();
    await ask(newAddress(), "d");
    await confirm("d");
    clock.pass(day);
    await ask(newAddress(), "e");
    const moved = await currentUser();
    expect(await isStored(emailUndoPk(user.addressKey))).toBe(true);
    await remove();
    for (const pk of [...addressChangePks(moved, clock.now()), emailUndoPk(user.addressKey)])
      expect(await isStored(pk)).toBe(false);
  });

  it("agrees with a model for any order of steps", async () => {
    const somewhere = fc.integer({ min: 0, max: 2 });
    const ask = somewhere.map((to) => ({ step: "ask" as const, to }));
    const confirm = fc.constant({ step: "confirm" as const });
    const undo = somewhere.map((to) => ({ step: "undo" as const, to }));
    const wait = fc
      .constantFrom(300, 500, 6 * day, 7 * day)
      .map((seconds) => ({ step: "wait" as const, seconds }));
    const newcomer = fc
      .tuple(somewhere, fc.boolean())
      .map(([to, stays]) => ({ step: "newcomer" as const, to, stays }));
    // Most commands are whole moves, because random steps would rarely make chains of moves.
    const move = fc.tuple(ask, confirm);
    const command = fc.oneof(
      { weight: 4, arbitrary: move },
      { weight: 2, arbitrary: fc.tuple(undo) },
      fc.tuple(ask),
      fc.tuple(confirm),
      fc.tuple(wait),
      { weight: 2, arbitrary: fc.tuple(newcomer) },
    );
    await fc.assert(
      fc.asyncProperty(fc.array(command, { minLength: 3, maxLength: 10, size: "max" }), async (commands) => {
        const path = commands.flat();
        const { clock, user, currentUser, ...steps } = await emailChangeFlow();
        const places: Address[] = [user, newAddress(), newAddress()];
        const keyOf = (place: number) => places[place]?.addressKey ?? "";
        let at = 0;
        const taken = new Set<number>();
        let held: { to: number; until: number } | undefined;
        let waiting: { to: number; from: number; digest: string; until: number } | undefined;
        const undoCodes = new Map<number, { digest: string; until: number }>();
        // The digest of the latest request, also if it should not have become an undo code.
        const lastAsked = new Map<number, string>();
        for (const [turn, one] of path.entries()) {
          const now = clock.now();
          switch (one.step) {
            case "ask": {
              const to = places[one.to];
              if (one.to === at || !to) break;
              const digest = `d${turn}`;
              await steps.ask(to, digest);
              lastAsked.set(at, digest);
              if (!held || held.until <= now || held.to === at)
                undoCodes.set(at, { digest, until: now + 7 * day });
              waiting = { to: one.to, from: at, digest, until: now + codeLifetime };
              break;
            }
            case "confirm": {
              const open = !held || held.until <= now || held.to === at;
              const undoCode = undoCodes.get(at);
              const proven = waiting && waiting.until > now && (!open || (undoCode && undoCode.until > now));
              const moves = proven && !taken.has(waiting?.to ?? at);
              expect((await steps.confirm(waiting?.digest ?? "d")) !== "refused").toBe(moves === true);
              if (!waiting || !moves) break;
              if (open) held = { to: at, until: now + 7 * day };
              if (open && undoCode) undoCode.until = now + 7 * day;
              at = waiting.to;
              waiting = undefined;
              break;
            }
            case "undo": {
              const undoCode = undoCodes.get(one.to);
              const { sessionEpoch } = await currentUser();
              const undoes = undoCode !== undefined && undoCode.until > now;
              const outcome = await steps.undo(keyOf(one.to), lastAsked.get(one.to) ?? "d");
              expect(outcome).toBe(undoes ? "undone" : "refused");
              expect((await currentUser()).sessionEpoch).toBe(sessionEpoch + (undoes ? 1 : 0));
              if (!undoes) break;
              undoCodes.delete(one.to);
              [at, held, waiting] = [one.to, undefined, undefined];
              break;
            }
            case "newcomer": {
              const isHeld = (undoCodes.get(one.to)?.until ?? 0) > now;
              const gets = one.to !== at && !taken.has(one.to) && !isHeld;
              const activate = one.stays ? activateAsReadAt : activateAt;
              const person = await activate(clock.now, keyOf(one.to));
              expect(person !== "refused").toBe(gets);
              if (typeof person === "string") break;
              if (one.stays) taken.add(one.to);
              else await userStore(clock.now).remove(person, operator);
              break;
            }
            case "wait":
              clock.pass(one.seconds);
          }
          // At most one undo code is valid at a time.
          expect([...undoCodes.values()].filter(({ until }) => until > clock.now()).length).toBeLessThan(2);
        }
        expect((await currentUser()).addressKey).toBe(keyOf(at));
        for (const place of places.keys())
          expect((await findAddressPointer(keyOf(place))) !== undefined, `pointer ${place}`).toBe(
            place === at || taken.has(place),
          );
      }),
      { numRuns: runs(20) },
    );
  });
});
