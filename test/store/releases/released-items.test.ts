import { describe, expect, it } from "vitest";
import { addressChangeStore } from "../../../shared/accounts/address-change-store.ts";
import { addressUndoStore } from "../../../shared/accounts/address-undo-store.ts";
import { formerAddressStore } from "../../../shared/accounts/former-address-store.ts";
import { registrationStore } from "../../../shared/accounts/registration-store.ts";
import { userStore } from "../../../shared/accounts/user-store.ts";
import { userUpdateStore } from "../../../shared/accounts/user-update-store.ts";
import { scanAccounts } from "../../../shared/admin/account-scan.ts";
import { personList } from "../../../shared/admin/person-list.ts";
import { personLookup } from "../../../shared/admin/person-lookup.ts";
import { shownPerson } from "../../../shared/admin/person-fields.ts";
import { deliveryStore } from "../../../shared/delivery/delivery-store.ts";
import { operator, staff } from "../../../shared/events/actor.ts";
import { eventsOf } from "../../../shared/events/derive-events.ts";
import { passwordResetStore } from "../../../shared/passwords/password-reset-store.ts";
import { readItem } from "../../../shared/store/dynamo.ts";
import { isAccount, userPk } from "../../../shared/store/user-items.ts";
import { fixturesOf, releases } from "../../support/releases/fixtures.ts";
import { ownUsersTable } from "../../support/store/own-tables.ts";

const { table, put, clear } = ownUsersTable();
const position = { streamArn: "arn", sequenceNumber: "1", at: 1 };

describe.each(releases)("items of version %s", (release) => {
  const { items } = fixturesOf(release);
  const stored = items.USERS_TABLE;
  const clock = () => items.writtenAt;
  const restOf = (kind: string) =>
    stored
      .map(({ pk }) => String(pk))
      .flatMap((pk) => (pk.startsWith(`${kind}#`) ? [pk.slice(kind.length + 1)] : []));
  const text = (item: object, name: string) => String((item as Record<string, unknown>)[name]);
  const load = async () => {
    await clear();
    await put(...stored);
  };

  it("are all read by the stores", async () => {
    await load();
    const [changes, undoing, former] = [
      addressChangeStore(clock),
      addressUndoStore(clock),
      formerAddressStore(clock),
    ];
    for (const id of restOf("user")) expect(await userStore(clock).find(id)).toMatchObject({ id });
    for (const key of restOf("email"))
      expect(await userStore(clock).findPointer(key)).toHaveProperty("userId");
    for (const key of restOf("pending"))
      expect(await registrationStore(clock).find(key)).toMatchObject({ addressKey: key });
    for (const id of restOf("email-change")) expect(await changes.find(id)).toMatchObject({ userId: id });
    for (const key of restOf("email-claim")) expect(await changes.findClaimant(key)).toMatch(/^[0-9a-f]{8}-/);
    for (const key of restOf("undo")) expect(await undoing.find(key)).toHaveProperty("email");
    for (const id of restOf("goodbye")) expect(await former.find("deleted", id)).toHaveProperty("email");
    for (const key of restOf("delivery"))
      expect(await deliveryStore(clock).find(key)).toMatchObject({ state: "undeliverable" });
    for (const reset of stored.filter(({ pk }) => String(pk).startsWith("reset#"))) {
      const found = passwordResetStore(clock).findOwner(text(reset, "addressKey"), [
        text(reset, "otpDigest"),
      ]);
      expect(await found).toMatchObject({ id: reset["userId"] });
    }
  });

  it("are listed and shown to administrators, unknown states as deactivated", async () => {
    await load();
    const page = await personList(clock).page({ size: 100 });
    if (page === "cursor_not_valid") throw new Error(page);
    expect(page.people.map(({ id }) => id)).toEqual(expect.arrayContaining(restOf("user")));
    for (const person of page.people) {
      const shown = shownPerson(person, undefined);
      const item = stored.find(({ pk }) => pk === userPk(person.id));
      if (item) expect(shown.is_active).toBe(item["status"] === "active");
      expect(await personLookup(clock).find(person.id)).toMatchObject({ id: person.id });
    }
    const scanned = [];
    for await (const { users } of scanAccounts()) scanned.push(...users);
    expect(scanned).toHaveLength(restOf("user").length);
  });

  it("are changed without losing what this version can't read, or left alone", async () => {
    await load();
    for (const id of restOf("user")) {
      const before = await readItem(table, userPk(id));
      const user = await userStore(clock).find(id);
      if (!user || !before || !isAccount(user)) throw new Error("no account");
      const changed = await userUpdateStore(clock).change(user, { firstName: "Grace" }, staff({ id: "s" }));
      const after = (await readItem(table, userPk(id))) ?? {};
      const isKnown = ["active", "disabled"].includes(String(before["status"]));
      if (!isKnown) expect([changed, after]).toEqual(["frozen", before]);
      else {
        const version = Number(before["version"] ?? 0) + 1;
        const now = { firstName: "Grace", version, changedBy: "staff:s", changedAt: clock() };
        expect(after).toEqual({ ...before, ...now });
        const events = eventsOf({ oldImage: before, newImage: after, ...position });
        expect(events).toMatchObject([{ type: "user.updated", version }]);
      }
      const current = (await userStore(clock).find(id)) ?? user;
      expect(await userStore(clock).remove(current, operator)).toBe("removed");
    }
  });
});
