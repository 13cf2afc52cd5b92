import { randomUUID } from "node:crypto";
import { describe, expect, it } from "vitest";
import { administratorStore } from "../../../shared/admin/administrator-store.ts";
import { emailUndoPk, resetPk } from "../../../shared/store/address-items.ts";
import { codeStore } from "../../../shared/codes/code-store.ts";
import { formerAddressStore } from "../../../shared/accounts/former-address-store.ts";
import { accountImportStore } from "../../../shared/admin/account-import-store.ts";
import type { User } from "../../../shared/store/user-items.ts";
import { passwordResetStore } from "../../../shared/passwords/password-reset-store.ts";
import { activationStore } from "../../../shared/accounts/activation-store.ts";
import { registrationStore } from "../../../shared/accounts/registration-store.ts";
import { fakeClock } from "../../support/store/fake-clock.ts";
import {
  isStored,
  newAddress,
  activateAsReadAt,
  activateAt,
  registeredAt,
  emailChangeFlow,
  emailChangeSteps,
} from "../../support/people/email-change-flow.ts";
import { activateWith, newRegistration } from "../../support/people/stored-people.ts";

const day = 86_400;
type Clock = ReturnType<typeof fakeClock>;

/** An account that has just changed to another address and proven that one. */
const moved = async (clock = fakeClock()) => {
  const person = await emailChangeFlow(clock);
  const to = newAddress();
  await person.ask(to, "d");
  expect(await person.confirm("d")).toMatchObject(to);
  return { ...person, to };
};

/** Ways to take an address for another account, each with all the proof that it needs. */
const takers = {
  "an activation": async ({ now }: Clock, addressKey: string) =>
    (await activateAt(now, addressKey)) !== "refused",
  "an activation that has read the hold": async ({ now }: Clock, addressKey: string) =>
    (await activateAsReadAt(now, addressKey)) !== "refused",
  "an activation by a reset": async ({ now }: Clock, addressKey: string) => {
    const registration = newRegistration(now(), { addressKey });
    await registrationStore(now).register(registration, undefined);
    await passwordResetStore(now).begin(registration, "r");
    const code = { otpRequestId: "r", otpDigest: "y", otpExpiresAt: now() + 600 };
    await codeStore(now).issue(resetPk(addressKey), code);
    const owner = { email: registration.email, passwordHash: "new" };
    return (
      (await activationStore(now).activateByReset(registration, owner, ["y"], randomUUID())) !== "refused"
    );
  },
  "another account's change": async (clock: Clock, addressKey: string) => {
    const other = await emailChangeFlow(clock);
    await other.ask({ email: "a@example.com", addressKey }, "y");
    return (await other.confirm("y")) !== "refused";
  },
  "an import": async ({ now }: Clock, addressKey: string) => {
    const { expiresAt: _, otpRequestId: __, ...person } = newRegistration(now(), { addressKey });
    const user: User = { ...person, status: "active", isStaff: false, sessionEpoch: 0 };
    const outcome = await accountImportStore(now).put(user);
    if (outcome !== "imported") expect(outcome).toBe("address_held");
    return outcome === "imported";
  },
  "an administrator's appointment": async ({ now }: Clock, addressKey: string) => {
    const { id, username, email, passwordHash } = newRegistration(now());
    const outcome = await administratorStore(now).appoint({ id, username, email, addressKey, passwordHash });
    if (outcome !== "created") expect(outcome).toBe("address_held");
    return outcome === "created";
  },
};

describe("held address", () => {
  describe.each(Object.entries(takers))("against %s", (_, take) => {
    it("is reserved for the whole undo period [ASVS 6.4.4]", async () => {
      const { clock, user, to, undo, currentUser } = await moved();
      clock.pass(7 * day - 1);
      expect(await take(clock, user.addressKey)).toBe(false);
      expect(await undo(user.addressKey, "d")).toBe("undone");
      expect((await currentUser()).addressKey).toBe(user.addressKey);
      expect(await formerAddressStore(clock.now).find("undone", user.id)).toMatchObject({
        email: to.email,
        addressKey: to.addressKey,
      });
    });

    it("is available after the undo period", async () => {
      const { clock, user, undo } = await moved();
      clock.pass(7 * day);
      expect(await take(clock, user.addressKey)).toBe(true);
      expect(await undo(user.addressKey, "d")).toBe("refused");
    });
  });

  it("is reserved though an activation read it before", async () => {
    const { clock, user, ask, confirm, remove } = await emailChangeFlow();
    const registration = await registeredAt(clock.now, user.addressKey);
    const { hold } = await registrationStore(clock.now).findWithHold(user.addressKey);
    expect(hold).toBe("free");
    await ask(newAddress(), "d");
    const activate = () => activateWith(clock.now, registration, "newcomer", { hold });
    expect(await activate()).toBe("refused");
    expect(await confirm("d")).not.toBe("refused");
    expect(await activate()).toBe("refused");
    await remove();
    expect(await activate()).toMatchObject({ addressKey: user.addressKey });
  });

  it("is released and notified when the account is deleted", async () => {
    const { clock, user, to, remove } = await moved();
    const formerAddresses = formerAddressStore(clock.now);
    expect(await remove()).toBe("removed");
    expect(await formerAddresses.find("earlier", user.id)).toMatchObject({
      email: user.email,
      addressKey: user.addressKey,
    });
    expect(await formerAddresses.find("deleted", user.id)).toMatchObject({
      email: to.email,
      addressKey: to.addressKey,
    });
    expect(await takers["an activation"](clock, user.addressKey)).toBe(true);
  });

  it("can be set again by its account, and stays undoable", async () => {
    const { user, ask, confirm, undo } = await moved();
    await ask(user, "e");
    expect(await confirm("e")).toMatchObject({ addressKey: user.addressKey });
    expect(await undo(user.addressKey, "d")).toBe("undone");
  });
});

describe("undo of an email change", () => {
  it("isn't deleted with an account that owned the address earlier", async () => {
    const { clock, user, remove } = await moved();
    clock.pass(7 * day);
    const formerAddresses = formerAddressStore(clock.now);
    const newcomer = await emailChangeFlow(clock);
    await newcomer.ask(user, "e");
    expect(await newcomer.confirm("e")).toMatchObject({ addressKey: user.addressKey });
    // The newcomer changes their address too, after the first undo has expired.
    clock.pass(7 * day);
    const { ask, confirm, undo } = emailChangeSteps(clock.now, newcomer.user.id);
    await ask(newAddress(), "f");
    await confirm("f");
    expect(await remove()).toBe("removed");
    expect(await formerAddresses.find("earlier", user.id)).toBeUndefined();
    expect(await isStored(emailUndoPk(user.addressKey))).toBe(true);
    expect(await undo(user.addressKey, "f")).toBe("undone");
  });
});
