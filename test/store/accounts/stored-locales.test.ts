// Accounts from before languages, and those of a later version after a rollback, stay usable.
import { randomUUID } from "node:crypto";
import { describe, expect, it } from "vitest";
import { operator } from "../../../shared/events/actor.ts";
import { activationStore } from "../../../shared/accounts/activation-store.ts";
import { addressLookup } from "../../../shared/accounts/address-lookup.ts";
import { registrationStore } from "../../../shared/accounts/registration-store.ts";
import { userStore } from "../../../shared/accounts/user-store.ts";
import { userUpdateStore } from "../../../shared/accounts/user-update-store.ts";
import { scanAccounts } from "../../../shared/admin/account-scan.ts";
import { personList } from "../../../shared/admin/person-list.ts";
import { personLookup } from "../../../shared/admin/person-lookup.ts";
import { codeStore } from "../../../shared/codes/code-store.ts";
import { passwordResetStore } from "../../../shared/passwords/password-reset-store.ts";
import { passwordStore } from "../../../shared/passwords/password-store.ts";
import { callerStore } from "../../../shared/sessions/callers.ts";
import { sessionStore } from "../../../shared/sessions/session-store.ts";
import { resetPk } from "../../../shared/store/address-items.ts";
import {
  addressPk,
  registrationIdPk,
  usernamePk,
  type Registration,
  type User,
} from "../../../shared/store/user-items.ts";
import { listedPerson } from "../../support/people/stored-people.ts";
import { farSeconds, fakeClock } from "../../support/store/fake-clock.ts";
import { ownUsersTable } from "../../support/store/own-tables.ts";

const { put, clear } = ownUsersTable();
const { now } = fakeClock();
const digests = ["digest"];
const code = { otpRequestId: "request", otpDigest: "digest", otpExpiresAt: farSeconds + 600 };

const stored = {
  "no language": {},
  "a language of a later version": { locale: "xx" },
  "something else": { locale: { tag: "de" } },
};

const personOf = (kind: "active" | "pending", attributes: object) => {
  const email = `${randomUUID()}@example.com`;
  return { ...listedPerson(kind, { now: now(), createdAt: now(), email }), ...code, ...attributes };
};

describe.each(Object.entries(stored))("item with %s", (_, attributes) => {
  it("is read as an account by every reader", async () => {
    await clear();
    const item = personOf("active", attributes);
    const { pk, id, addressKey, username, email } = item;
    const pointer = { userId: id };
    await put(item, { pk: addressPk(addressKey), ...pointer }, { pk: usernamePk(username), ...pointer });
    await put({ pk: resetPk(addressKey), ...pointer, ...code, expiresAt: code.otpExpiresAt });
    const session = await sessionStore(now).create(id, 0, "");
    const user = (await userStore(now).find(id)) as User;
    const scanned: User[] = [];
    for await (const { users } of scanAccounts()) scanned.push(...users);
    const { people } = (await personList(now).page({ size: 25 })) as { people: object[] };
    const caller = await callerStore(now).find({ userId: id, sessionId: session.sessionId });
    const read = [
      user,
      ...scanned,
      ...people,
      (caller as { user: User }).user,
      await personLookup(now).find(id),
      await personLookup(now).findByUsername(username),
      await passwordResetStore(now).findOwner(addressKey, digests),
      await userUpdateStore(now).change({ ...user, username: "stale" }, { firstName: "Ada" }, operator),
      await codeStore(now).issue(pk, code),
      await codeStore(now).consume(id, digests, randomUUID()),
    ];
    expect(read).toHaveLength(10);
    for (const person of read) {
      expect(person).toMatchObject({ email });
      expect(person).not.toHaveProperty("locale", expect.anything());
    }
    expect(await passwordStore(now).replaceHash({ ...user, passwordHash: "stale" }, "new")).toEqual({
      current: "hash",
    });
    expect(await userStore(now).remove({ ...user, username: "stale" }, operator)).toBe("removed");
  });

  it("is read as a registration by every reader", async () => {
    await clear();
    const item = personOf("pending", attributes);
    const { pk, id, addressKey, email } = item;
    await put(item, { pk: registrationIdPk(id), addressKey, expiresAt: code.otpExpiresAt });
    await put({ pk: resetPk(addressKey), userId: "registration", ...code, expiresAt: code.otpExpiresAt });
    const { people } = (await personList(now).page({ size: 25 })) as { people: object[] };
    const registration = (await registrationStore(now).find(addressKey)) as Registration;
    const read = [
      registration,
      (await registrationStore(now).findWithHold(addressKey)).registration,
      (await addressLookup(now).findByAddress(addressKey)).registration,
      ...people,
      await personLookup(now).find(id),
      await passwordResetStore(now).findOwner(addressKey, digests),
      await codeStore(now).issue(pk, code),
    ];
    expect(read).toHaveLength(7);
    for (const person of read) {
      expect(person).toMatchObject({ email });
      expect(person).not.toHaveProperty("locale", expect.anything());
    }
    const owner = { email, brought: {} };
    const user = await activationStore(now).activate(registration, owner, digests, randomUUID());
    expect(user).toMatchObject({ id });
    expect(await userStore(now).find(id)).not.toHaveProperty("locale");
  });
});
