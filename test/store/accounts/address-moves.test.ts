import { randomUUID } from "node:crypto";
import { describe, expect, it } from "vitest";
import { operator } from "../../../shared/events/actor.ts";
import { addressMoveStore, moveDelaySeconds } from "../../../shared/accounts/address-move-store.ts";
import { addressChangeStore } from "../../../shared/accounts/address-change-store.ts";
import { userStore } from "../../../shared/accounts/user-store.ts";
import { userUpdateStore } from "../../../shared/accounts/user-update-store.ts";
import { codeStore } from "../../../shared/codes/code-store.ts";
import { emailChangePk, emailUndoPk } from "../../../shared/store/address-items.ts";
import type { User } from "../../../shared/store/user-items.ts";
import { activateWith } from "../../support/people/stored-people.ts";
import {
  activateAt,
  emailChangeFlow,
  isStored,
  newAddress,
  registeredAt,
} from "../../support/people/email-change-flow.ts";

const year = 365 * 86_400;

/** An account that `starter` has frozen, with the steps of its move. */
const movingFlow = async (starter: string | undefined = "starter") => {
  const flow = await emailChangeFlow();
  const { clock, user, currentUser } = flow;
  const [moves, codes] = [addressMoveStore(clock.now), codeStore(clock.now)];
  const target = newAddress();
  const start = async (to = target, startedBy = starter) => {
    const move = { id: randomUUID(), ...to, ...(startedBy !== undefined && { startedBy }) };
    return moves.start(await currentUser(), move, { staffToo: false });
  };
  const waiting = async () => {
    const { addressMove: move } = await currentUser();
    if (!move) throw new Error("no move");
    return move;
  };
  const confirm = async (confirmer?: string, move?: NonNullable<User["addressMove"]>) => {
    const otpRequestId = randomUUID();
    const by = confirmer === undefined ? {} : { confirmer };
    const outcome = await moves.confirm(await currentUser(), move ?? (await waiting()), {
      otpRequestId,
      ...by,
    });
    if (outcome === "confirmed")
      await codes.issue(emailChangePk(user.id), {
        otpRequestId,
        otpDigest: "claim",
        otpExpiresAt: clock.now() + 600,
      });
    return outcome;
  };
  const claim = async (digest = "claim", token: string = randomUUID()) => {
    const change = await addressChangeStore(clock.now).find(user.id);
    return change ? moves.claim(await currentUser(), change, [digest], token) : "refused";
  };
  const cancel = async (move?: NonNullable<User["addressMove"]>) =>
    moves.cancel(await currentUser(), move ?? (await waiting()), operator);
  expect(await start()).toBe("started");
  return { ...flow, moves, target, start, waiting, confirmMove: confirm, claim, cancel };
};

describe("move from a lost mailbox", () => {
  it("is due after exactly 72 hours for its starter [ASVS 6.4.4]", async () => {
    const { clock, confirmMove } = await movingFlow();
    clock.pass(moveDelaySeconds - 1);
    expect([await confirmMove("starter"), await confirmMove()]).toEqual(["too_early", "too_early"]);
    clock.pass(1);
    expect([await confirmMove("starter"), await confirmMove()]).toEqual(["confirmed", "confirmed"]);
  });

  it("needs no wait with a second administrator or an operator", async () => {
    const [one, other, byOperator] = [await movingFlow(), await movingFlow(), await movingFlow(undefined)];
    expect(await one.confirmMove("second")).toBe("confirmed");
    expect(await one.confirmMove("starter")).toBe("confirmed");
    expect(await other.confirmMove("operator")).toBe("confirmed");
    expect(await byOperator.confirmMove("operator")).toBe("confirmed");
  });

  it("stays frozen and can be confirmed however long it waits", async () => {
    const { clock, confirmMove, claim, currentUser, target } = await movingFlow();
    clock.pass(year);
    expect(await currentUser()).toMatchObject({ status: "disabled" });
    expect(await confirmMove("starter")).toBe("confirmed");
    clock.pass(600);
    expect(await claim()).toBe("refused");
    expect(await confirmMove("starter")).toBe("confirmed");
    clock.pass(599);
    expect(await claim()).toMatchObject({ ...target, status: "active" });
    expect(await currentUser()).toMatchObject({ ...target, status: "active" });
  });

  it("is claimed once, and again only by the same invocation", async () => {
    const { confirmMove, claim, currentUser } = await movingFlow();
    await confirmMove("second");
    expect(await claim("wrong")).toBe("refused");
    const { addressMove } = await currentUser();
    expect(addressMove?.confirmation).toBeDefined();
    expect(await claim()).not.toBe("refused");
    expect(await claim()).toBe("refused");
    expect((await currentUser()).addressMove).toBeUndefined();
  });

  it("refuses what was confirmed before a new start or a cancellation", async () => {
    const { confirmMove, waiting, start, cancel, claim } = await movingFlow();
    const first = await waiting();
    await confirmMove("second");
    expect(await start(newAddress(), "second")).toBe("started");
    expect(await claim()).toBe("refused");
    expect([await confirmMove("third", first), await cancel(first)]).toEqual([
      "changed_meanwhile",
      "changed_meanwhile",
    ]);
    const next = await waiting();
    expect(await cancel()).toBe("cancelled");
    expect(await claim()).toBe("refused");
    expect([await confirmMove("third", next), await cancel(next)]).toEqual([
      "changed_meanwhile",
      "changed_meanwhile",
    ]);
  });

  it("is never claimable after a cancellation that races a confirmation", async () => {
    const race = async () => {
      const { confirmMove, cancel, claim, currentUser, waiting } = await movingFlow();
      const move = await waiting();
      const [confirmed, cancelled] = await Promise.all([confirmMove("second", move), cancel(move)]);
      expect(["confirmed", "changed_meanwhile"]).toContain(confirmed);
      expect(cancelled).toBe("cancelled");
      expect(await claim()).toBe("refused");
      expect(await currentUser()).toMatchObject({ status: "active" });
    };
    for (let races = 0; races < 10; races += 1) await race();
  });

  it("can't be unfrozen by a stale write", async () => {
    const { user, clock, currentUser } = await movingFlow();
    const [before, updates] = [await currentUser(), userUpdateStore(clock.now)];
    // Read while it was deactivated for another reason, so that the compared values are the same.
    const { addressMove: _, ...stale } = before;
    expect(await updates.change(stale, { status: "active" }, operator)).toBe("frozen");
    const free = { pk: `email#${randomUUID()}` };
    const along = {
      ConditionCheck: {
        TableName: process.env["USERS_TABLE"],
        Key: free,
        ConditionExpression: "attribute_not_exists(pk)",
      },
    };
    expect(await updates.change(user, { isStaff: true }, operator, [along])).toBe("frozen");
    expect(await updates.change(stale, { firstName: "Ada" }, operator)).toMatchObject({ firstName: "Ada" });
    expect(await userStore(clock.now).removeOwn({ ...before })).toBe("refused");
    expect(await currentUser()).toMatchObject({ status: "disabled" });
  });

  it("starts neither for staff nor for a deactivated account", async () => {
    const { user, clock } = await emailChangeFlow();
    const [moves, updates] = [addressMoveStore(clock.now), userUpdateStore(clock.now)];
    const move = { id: randomUUID(), ...newAddress() };
    const staff = await updates.change(user, { isStaff: true }, operator);
    if (typeof staff === "string") throw new Error(staff);
    expect(await moves.start(user, move, { staffToo: false })).toBe("changed_meanwhile");
    await updates.change(staff, { status: "disabled" }, operator);
    expect(await moves.start(user, move, { staffToo: true })).toBe("changed_meanwhile");
    const back = await updates.change({ ...staff, status: "disabled" }, { status: "active" }, operator);
    expect(back).toMatchObject({ status: "active" });
    expect(await moves.start(user, move, { staffToo: true })).toBe("started");
  });

  it("raises the session epoch and revokes the change that waits", async () => {
    const { user, ask, clock, currentUser } = await emailChangeFlow();
    await ask(newAddress(), "code");
    const moves = addressMoveStore(clock.now);
    await moves.start(await currentUser(), { id: randomUUID(), ...newAddress() }, { staffToo: false });
    expect((await currentUser()).sessionEpoch).toBe(user.sessionEpoch + 1);
    for (const pk of [emailChangePk(user.id), emailUndoPk(user.addressKey)])
      expect(await isStored(pk)).toBe(false);
  });
});

describe("address that was replaced as a lost mailbox", () => {
  it("is refused to an activation that read no hold before", async () => {
    const { user, clock, confirmMove, claim } = await movingFlow();
    const registration = await registeredAt(clock.now, user.addressKey);
    await confirmMove("second");
    expect(await claim()).toMatchObject({ status: "active" });
    expect(await activateWith(clock.now, registration, "newcomer", { hold: "free" })).toBe("refused");
  });

  it("is refused for exactly a year, also to its former account", async () => {
    const { user, clock, confirmMove, claim, ask, confirm } = await movingFlow();
    await confirmMove("second");
    await claim();
    const old = { email: "old@example.com", addressKey: user.addressKey };
    clock.pass(year - 1);
    expect(await activateAt(clock.now, user.addressKey)).toBe("refused");
    await ask(old, "code");
    expect(await confirm("code")).toBe("refused");
    clock.pass(1);
    expect(await confirm("code")).toMatchObject(old);
  });

  it("stays refused when the account is deleted", async () => {
    const { user, clock, confirmMove, claim, remove } = await movingFlow();
    await confirmMove("second");
    await claim();
    expect(await remove()).toBe("removed");
    expect(await activateAt(clock.now, user.addressKey)).toBe("refused");
  });

  it("has no way back, nor has an earlier address", async () => {
    const { user, clock, ask, confirm, undo, currentUser } = await emailChangeFlow();
    const [between, target] = [newAddress(), newAddress()];
    await ask(between, "code");
    await confirm("code");
    const moves = addressMoveStore(clock.now);
    await moves.start(await currentUser(), { id: randomUUID(), ...target }, { staffToo: false });
    expect(await undo(user.addressKey, "code")).toBe("refused");
    expect(await isStored(emailUndoPk(user.addressKey))).toBe(true);
    const frozen = await currentUser();
    await moves.confirm(frozen, frozen.addressMove!, { otpRequestId: "r", confirmer: "operator" });
    const code = { otpRequestId: "r", otpDigest: "claim", otpExpiresAt: clock.now() + 600 };
    await codeStore(clock.now).issue(emailChangePk(user.id), code);
    const change = (await addressChangeStore(clock.now).find(user.id))!;
    expect(await moves.claim(frozen, change, ["claim"], randomUUID())).not.toBe("refused");
    expect(await isStored(emailUndoPk(user.addressKey))).toBe(false);
    expect(await undo(user.addressKey, "code")).toBe("refused");
    expect(await currentUser()).toMatchObject(target);
    expect(Object.keys(await currentUser())).not.toContain("undoUntil");
    expect(await activateAt(clock.now, user.addressKey)).not.toBe("refused");
  });
});
