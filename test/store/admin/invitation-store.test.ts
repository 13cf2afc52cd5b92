import { randomUUID } from "node:crypto";
import { describe, expect, it } from "vitest";
import { activationStore } from "../../../shared/accounts/activation-store.ts";
import { registrationStore } from "../../../shared/accounts/registration-store.ts";
import { invitationStore } from "../../../shared/admin/invitation-store.ts";
import { authorityOver } from "../../../shared/admin/staff-authority.ts";
import { codeStore } from "../../../shared/codes/code-store.ts";
import type { Clock } from "../../../shared/platform/clock.ts";
import { variable } from "../../../shared/platform/environment.ts";
import { readItem } from "../../../shared/store/dynamo.ts";
import { registrationIdPk, registrationPk, type Registration } from "../../../shared/store/user-items.ts";
import { activateWith, activeUser, newRegistration } from "../../support/people/stored-people.ts";
import { fakeClock } from "../../support/store/fake-clock.ts";

const day = 86_400;

const orderFor = (addressKey: string) => ({
  email: "a@example.com",
  addressKey,
  invitedBy: "root",
  inviteRequestId: randomUUID(),
  profile: { firstName: "Ada" },
});

const issue = (clock: Clock, { addressKey, inviteRequestId = "" }: Registration, otpDigest: string) => {
  const code = { otpRequestId: inviteRequestId, otpDigest, otpExpiresAt: clock() + 7 * day };
  return codeStore(clock).issue(registrationPk(addressKey), code, "invite");
};

const invited = async (clock: Clock, addressKey: string = randomUUID()): Promise<Registration> => {
  const outcome = await invitationStore(clock).invite(orderFor(addressKey), []);
  if (typeof outcome === "string") throw new Error(outcome);
  return outcome;
};

const found = async (clock: Clock, addressKey: string): Promise<Registration> => {
  const registration = await registrationStore(clock).find(addressKey);
  if (!registration) throw new Error("no registration");
  return registration;
};

const accept = async (clock: Clock, { addressKey, email }: Registration, digest: string) => {
  const owner = { email, brought: { passwordHash: "own" }, slot: "invite" as const };
  const registration = await found(clock, addressKey);
  return activationStore(clock).activate(registration, owner, [digest], randomUUID());
};

describe("invitation", () => {
  it("works for seven days from its letter, however long the letter waits", async () => {
    for (const [wait, outcome] of [
      [7 * day - 1, { passwordHash: "own", firstName: "Ada", isStaff: false }],
      [7 * day, "refused"],
    ] as const) {
      const clock = fakeClock();
      const invitation = await invited(clock.now);
      clock.pass(4 * day);
      await issue(clock.now, invitation, "d");
      clock.pass(wait);
      const accepted = await accept(clock.now, invitation, "d");
      if (typeof outcome === "string") expect(accepted).toBe(outcome);
      else expect(accepted).toMatchObject({ id: invitation.id, ...outcome });
    }
  });

  it("keeps its code through registrations that race the mailer", async () => {
    for (let races = 0; races < 5; races += 1) {
      const clock = fakeClock();
      const { now } = clock;
      const invitation = await invited(now);
      const { addressKey, id } = invitation;
      const stranger = () => newRegistration(now(), { addressKey, firstName: "Mallory", locale: "ar" });
      const read = await found(now, addressKey);
      const [issued, ...registered] = await Promise.all([
        issue(now, invitation, "d"),
        ...[1, 2, 3].map(() => registrationStore(now).register(stranger(), read)),
      ]);
      expect(issued).not.toBe("superseded");
      expect(registered).toEqual(["registered", "registered", "registered"]);
      expect(await found(now, addressKey)).toMatchObject({ replaced: true, passwordHash: "hash" });
      const user = await accept(now, invitation, "d");
      expect({ locale: undefined, ...(user as object) }).toMatchObject({
        id,
        firstName: "Ada",
        passwordHash: "own",
        locale: undefined,
      });
    }
  });

  it("keeps what is registered, but hands nothing of it on", async () => {
    const { now } = fakeClock();
    const registration = newRegistration(now(), { firstName: "Mallory", locale: "ar" });
    const { addressKey, otpRequestId = "" } = registration;
    await registrationStore(now).register(registration, undefined);
    const invitation = await invited(now, addressKey);
    expect(invitation.id).not.toBe(registration.id);
    // The mailer had not yet made the code of the registration.
    const code = { otpRequestId, otpDigest: "short", otpExpiresAt: now() + 600 };
    expect(await codeStore(now).issue(registrationPk(addressKey), code)).not.toBe("superseded");
    const user = await activateWith(now, await found(now, addressKey), "short");
    expect(user).toMatchObject({ firstName: "", passwordHash: "!" });
    expect(user).not.toMatchObject({ locale: "ar" });
  });

  it("keeps its username from strangers, and frees it when it ends", async () => {
    const clock = fakeClock();
    const { now } = clock;
    const { invite } = invitationStore(now);
    const registrations = registrationStore(now);
    const inviting = async (addressKey: string, username: string) => {
      const outcome = await invite({ ...orderFor(addressKey), profile: { username } }, []);
      return typeof outcome === "string" ? outcome : "invited";
    };
    const [addressKey, other] = [randomUUID(), randomUUID()];
    for (const username of [`straße-${randomUUID()}`, `ada-${randomUUID()}`]) {
      expect(await inviting(addressKey, username)).toBe("invited");
      const beside = newRegistration(now(), { addressKey, username });
      expect(await registrations.register(beside, await found(now, addressKey))).toBe("registered");
      clock.pass(day);
      expect(await inviting(other, username)).toBe("username_taken");
    }
    expect(await registrations.remove(await found(now, addressKey))).toBe("removed");

    const [first, second] = [1, 2].map(() => `eve-${randomUUID()}`) as [string, string];
    for (const username of [first, second]) expect(await inviting(addressKey, username)).toBe("invited");
    expect(await inviting(other, first)).toBe("invited");
    expect(await inviting(other, second)).toBe("username_taken");
    await registrations.remove(await found(now, addressKey));
    expect(await inviting(other, second)).toBe("invited");
  });

  it("is found by its id for as long as it waits", async () => {
    const clock = fakeClock();
    const { now } = clock;
    const { id, addressKey, expiresAt } = await invited(now);
    clock.pass(11 * day);
    await registrationStore(now).register(
      newRegistration(now(), { addressKey }),
      await found(now, addressKey),
    );
    expect(await found(now, addressKey)).toMatchObject({ id, expiresAt });
    await invitationStore(now).renew(await found(now, addressKey), randomUUID());
    const pointer = await readItem(variable("USERS_TABLE"), registrationIdPk(id));
    expect((await found(now, addressKey)).expiresAt).toBeGreaterThan(expiresAt);
    expect(pointer).toMatchObject({ expiresAt: (await found(now, addressKey)).expiresAt });
  });

  it("is refused for a taken address, or without the rank", async () => {
    const { now } = fakeClock();
    const user = await activeUser(now);
    const { invite } = invitationStore(now);
    expect(await invite(orderFor(user.addressKey), [])).toBe("address_taken");
    const authority = authorityOver(user, { id: "" });
    expect(await invite(orderFor(randomUUID()), authority)).toBe("along_refused");
  });
});
