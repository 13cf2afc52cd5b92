import { GetCommand } from "@aws-sdk/lib-dynamodb";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { operator } from "../../../shared/events/actor.ts";
import { formerAddressStore } from "../../../shared/accounts/former-address-store.ts";
import { userStore } from "../../../shared/accounts/user-store.ts";
import { userUpdateStore } from "../../../shared/accounts/user-update-store.ts";
import { emailUndoPk } from "../../../shared/store/address-items.ts";
import { documents } from "../../support/store/documents.ts";
import { interceptCalls } from "../../support/store/intercepted-calls.ts";
import { activateAt, emailChangeFlow, isStored, newAddress } from "../../support/people/email-change-flow.ts";
import { runs } from "../../support/store/property-runs.ts";

const day = 86_400;

const undoItemOf = async (addressKey: string) => {
  const Key = { pk: emailUndoPk(addressKey) };
  const { Item } = await documents().send(
    new GetCommand({ TableName: process.env["USERS_TABLE"], Key, ConsistentRead: true }),
  );
  return Item;
};

const flow = async (confirmed = true) => {
  const person = await emailChangeFlow();
  const { clock, user, ask, confirm, currentUser } = person;
  const to = newAddress();
  await ask(to, "d");
  if (confirmed) expect(await confirm("d")).toMatchObject(to);
  const users = userUpdateStore(clock.now);
  const set = async (status: "active" | "disabled") => {
    expect(await users.change(await currentUser(), { status }, operator)).toMatchObject({ status });
  };
  const undoItem = () => undoItemOf(user.addressKey);
  return { ...person, to, set, undoItem };
};

describe("time for undoing", () => {
  it.each([
    ["a confirmed change", true],
    ["an unconfirmed change", false],
  ])("stops while the account is deactivated, for %s", async (_, confirmed) => {
    for (const [age, outcome] of [
      [4 * day - 1, "undone"],
      [4 * day, "refused"],
    ] as const) {
      const { clock, user, set, undo, undoItem } = await flow(confirmed);
      clock.pass(3 * day);
      await set("disabled");
      // TTL would delete an item with an expiry in the past.
      expect(await undoItem()).toMatchObject({ secondsLeft: 4 * day });
      expect(await undoItem()).not.toHaveProperty("expiresAt");
      clock.pass(400 * day);
      expect(await undo(user.addressKey, "d")).toBe("refused");
      await set("active");
      expect(await undoItem()).toMatchObject({ expiresAt: clock.now() + 4 * day });
      clock.pass(age);
      expect(await undo(user.addressKey, "d")).toBe(outcome);
    }
  });

  it("agrees with a model for any order of deactivations", async () => {
    const steps = fc.array(fc.integer({ min: 1, max: 3 * day }), { minLength: 1, maxLength: 6 });
    await fc.assert(
      fc.asyncProperty(steps, async (waits) => {
        const { clock, user, set, undo } = await flow();
        let left = 7 * day;
        for (const [turn, seconds] of waits.entries()) {
          clock.pass(seconds);
          if (turn % 2 === 0) left -= seconds;
          await set(turn % 2 === 0 ? "disabled" : "active");
        }
        if (waits.length % 2 === 1) await set("active");
        expect(await undo(user.addressKey, "d")).toBe(left > 0 ? "undone" : "refused");
      }),
      { numRuns: runs(12) },
    );
  });

  it("doesn't begin again after it has ended", async () => {
    const { clock, user, set, undo } = await flow();
    clock.pass(7 * day);
    await set("disabled");
    await set("active");
    expect(await undo(user.addressKey, "d")).toBe("refused");
    expect(await activateAt(clock.now, user.addressKey)).not.toBe("refused");
  });

  it("keeps the earlier address reserved while it is stopped [ASVS 6.4.4]", async () => {
    const { clock, user, set } = await flow();
    clock.pass(6 * day);
    await set("disabled");
    clock.pass(30 * day);
    expect(await activateAt(clock.now, user.addressKey)).toBe("refused");
    await set("active");
    clock.pass(day - 1);
    expect(await activateAt(clock.now, user.addressKey)).toBe("refused");
    clock.pass(1);
    expect(await activateAt(clock.now, user.addressKey)).not.toBe("refused");
  });

  it("stops too if the change begins during the deactivation", async () => {
    const { clock, user, ask, currentUser } = await emailChangeFlow();
    let begun = false;
    const restore = interceptCalls(async ({ name }, send) => {
      if (name === "TransactWriteItemsCommand" && !begun) {
        begun = true;
        await ask(newAddress(), "d");
      }
      return send();
    });
    await userUpdateStore(clock.now).change(user, { status: "disabled" }, operator).finally(restore);
    expect([begun, (await currentUser()).status]).toEqual([true, "disabled"]);
    expect(await undoItemOf(user.addressKey)).toMatchObject({ userId: user.id, secondsLeft: 7 * day });
  });
});

describe("deletion of an account with a way back", () => {
  it("is refused to its owner until the time for undoing ends", async () => {
    const { clock, currentUser } = await flow();
    const users = userStore(clock.now);
    const undoUntil = clock.now() + 7 * day;
    clock.pass(7 * day - 1);
    const user = await currentUser();
    expect(await users.removeOwn(user)).toEqual({ undoUntil });
    // Someone who read the account earlier is refused too.
    const { undoUntil: _, undoAddressKey: __, ...unaware } = user;
    expect(await users.removeOwn(unaware)).toEqual({ undoUntil });
    clock.pass(1);
    expect(await users.removeOwn(await currentUser())).toBe("removed");
  });

  it("is allowed at the address that the account could return to", async () => {
    const { clock, user, ask, confirm, currentUser } = await flow();
    await ask(user, "e");
    expect(await confirm("e")).toMatchObject({ addressKey: user.addressKey });
    expect(await userStore(clock.now).removeOwn(await currentUser())).toBe("removed");
  });

  it("is refused to an owner of a deactivated account", async () => {
    const { clock, user, currentUser } = await emailChangeFlow();
    await userUpdateStore(clock.now).change(user, { status: "disabled" }, operator);
    expect(await userStore(clock.now).removeOwn(user)).toBe("refused");
    expect((await currentUser()).status).toBe("disabled");
  });

  it("by an administrator notifies the earlier address, also of a deactivated account", async () => {
    const { clock, user, set, currentUser } = await flow();
    await set("disabled");
    clock.pass(30 * day);
    expect(await userStore(clock.now).remove(await currentUser(), operator)).toBe("removed");
    expect(await formerAddressStore(clock.now).find("earlier", user.id)).toMatchObject({
      email: user.email,
      addressKey: user.addressKey,
    });
    expect(await isStored(emailUndoPk(user.addressKey))).toBe(false);
  });
});
