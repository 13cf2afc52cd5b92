import { randomUUID } from "node:crypto";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { addressChangeStore } from "../../../shared/accounts/address-change-store.ts";
import { addressChangePks, emailUndoPk } from "../../../shared/store/address-items.ts";
import { addressUndoStore } from "../../../shared/accounts/address-undo-store.ts";
import { nowSeconds } from "../../../shared/platform/clock.ts";
import { addressPk } from "../../../shared/store/user-items.ts";
import { userStore } from "../../../shared/accounts/user-store.ts";
import { fakeClock } from "../../support/store/fake-clock.ts";
import {
  codeLifetime,
  isStored,
  newAddress,
  activateAt,
  emailChangeFlow,
  type Address,
} from "../../support/people/email-change-flow.ts";

const day = 86_400;

describe("changes of address", () => {
  it("are confirmed until the last second of the code's life and not after it [ASVS 6.5.5]", async () => {
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

  it("can be undone for seven days after they were confirmed [ASVS 6.5.5]", async () => {
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

  it("count a repeat of the same invocation as the success it was", async () => {
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

  it("asked for while an earlier one was confirmed leave its way back alone", async () => {
    const { user, ask, confirm, undo, currentUser } = await emailChangeFlow();
    await ask(newAddress(), "d");
    // Read before the confirmation, written after it: in between the password is hashed.
    const before = await currentUser();
    await confirm("d");
    const late = { ...newAddress(), otpRequestId: randomUUID(), byStaff: false };
    expect(await addressChangeStore().start(before, late)).toBe("changed_meanwhile");
    expect(await undo(user.addressKey, "d")).toBe("undone");
  });

  it("are not begun for an account that was removed meanwhile", async () => {
    const { user } = await emailChangeFlow();
    await userStore().remove(user);
    const late = { ...newAddress(), otpRequestId: randomUUID(), byStaff: false };
    expect(await addressChangeStore().start(user, late)).toBe("changed_meanwhile");
    for (const pk of addressChangePks(user, nowSeconds())) expect(await isStored(pk)).toBe(false);
  });

  it("leave nothing behind of an account that is removed", async () => {
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

  it("agree with a model: one way back at most, to where nobody but the owner had moved from", async () => {
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
    // Mostly moves that succeed: by chance alone, chains of them would be rare.
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
        let way: { to: number; until: number } | undefined;
        let waiting: { to: number; from: number; digest: string; until: number } | undefined;
        const ways = new Map<number, { digest: string; until: number }>();
        // Whether or not it should have become a code that undoes.
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
              if (!way || way.until <= now || way.to === at) ways.set(at, { digest, until: now + 7 * day });
              waiting = { to: one.to, from: at, digest, until: now + codeLifetime };
              break;
            }
            case "confirm": {
              const open = !way || way.until <= now || way.to === at;
              const back = ways.get(at);
              const proven = waiting && waiting.until > now && (!open || (back && back.until > now));
              const moves = proven && !taken.has(waiting?.to ?? at);
              expect((await steps.confirm(waiting?.digest ?? "d")) !== "refused").toBe(moves === true);
              if (!waiting || !moves) break;
              if (open) way = { to: at, until: now + 7 * day };
              if (open && back) back.until = now + 7 * day;
              at = waiting.to;
              waiting = undefined;
              break;
            }
            case "undo": {
              const back = ways.get(one.to);
              const { sessionEpoch } = await currentUser();
              const undoes = back !== undefined && back.until > now;
              const outcome = await steps.undo(keyOf(one.to), lastAsked.get(one.to) ?? "d");
              expect(outcome).toBe(undoes ? "undone" : "refused");
              expect((await currentUser()).sessionEpoch).toBe(sessionEpoch + (undoes ? 1 : 0));
              if (!undoes) break;
              ways.delete(one.to);
              [at, way, waiting] = [one.to, undefined, undefined];
              break;
            }
            case "newcomer": {
              const kept = (ways.get(one.to)?.until ?? 0) > now;
              const gets = one.to !== at && !taken.has(one.to) && !kept;
              const person = await activateAt(clock.now, keyOf(one.to));
              expect(person !== "refused").toBe(gets);
              if (person === "refused") break;
              if (one.stays) taken.add(one.to);
              else await userStore(clock.now).remove(person);
              break;
            }
            case "wait":
              clock.pass(one.seconds);
          }
          expect([...ways.values()].filter(({ until }) => until > clock.now()).length).toBeLessThan(2);
        }
        expect((await currentUser()).addressKey).toBe(keyOf(at));
        for (const place of places.keys())
          expect(await isStored(addressPk(keyOf(place))), `pointer ${place}`).toBe(
            place === at || taken.has(place),
          );
      }),
      { numRuns: 20 },
    );
  });
});
