import { describe, expect, it } from "vitest";
import { userStore } from "../../../shared/accounts/user-store.ts";
import { userUpdateStore, type Changes } from "../../../shared/accounts/user-update-store.ts";
import { authorityOver } from "../../../shared/admin/staff-authority.ts";
import { operator } from "../../../shared/events/actor.ts";
import type { TransactionPart } from "../../../shared/store/dynamo.ts";
import type { User } from "../../../shared/store/user-items.ts";
import { fakeClock } from "../../support/store/fake-clock.ts";
import { activeUser } from "../../support/people/stored-people.ts";

const started = async () => {
  const clock = fakeClock();
  const store = userUpdateStore(clock.now);
  const users = {
    change: (user: User, changes: Changes, along?: TransactionPart[]) =>
      store.change(user, changes, operator, along),
  };
  const changed = async (...parameters: Parameters<typeof users.change>) => {
    const user = await users.change(...parameters);
    if (typeof user === "string") throw new Error(user);
    return user;
  };
  const staff = async () => changed(await activeUser(clock.now), { isStaff: true });
  return { users, changed, staff };
};

describe("change of an own account", () => {
  it.each([
    ["demoted", { isStaff: false }, { isStaff: true }],
    ["disabled", { status: "disabled" }, { status: "active" }],
    ["demoted", { isStaff: false }, { firstName: "Ada" }],
  ] as const)("is refused if the account was %s meanwhile (%o, %o)", async (_, meanwhile, change) => {
    const { users, changed, staff } = await started();
    const actor = await staff();
    const after = await changed(actor, meanwhile);
    expect(await users.change(actor, change, authorityOver(actor, actor))).toBe("along_refused");
    expect(await changed(after, { lastName: "Read" })).toMatchObject(meanwhile);
  });

  it("keeps a concurrent change of other fields", async () => {
    const { changed, staff } = await started();
    const actor = await staff();
    await changed(actor, { firstName: "Ada" });
    await changed(actor, { lastName: "Lovelace" }, authorityOver(actor, actor));
    const stored = await userStore().find(actor.id);
    expect(stored).toMatchObject({ firstName: "Ada", lastName: "Lovelace" });
  });
});

describe("change of the language", () => {
  it("is kept by other changes, and removed only on request", async () => {
    const { changed, staff } = await started();
    const account = await changed(await staff(), { locale: "de" });
    // Read before the language was known.
    const { locale: _, ...before } = account;
    await changed(before, { lastName: "Read" });
    expect(await userStore().find(account.id)).toMatchObject({ locale: "de", lastName: "Read" });
    expect(await changed(before, { locale: "fr" })).toMatchObject({ locale: "fr" });
    await changed(before, { locale: undefined });
    expect(await userStore().find(account.id)).not.toHaveProperty("locale");
  });

  it("ends no session", async () => {
    const { changed, staff } = await started();
    const account = await staff();
    expect(await changed(account, { locale: "de" })).toEqual({ ...account, locale: "de" });
  });
});

describe("change of another account", () => {
  it("is applied to an account that was demoted meanwhile", async () => {
    const { changed, staff } = await started();
    const [actor, account] = [await staff(), await staff()];
    await changed(account, { isStaff: false });
    expect(await changed(account, { firstName: "Ada" }, authorityOver(actor, account))).toMatchObject({
      firstName: "Ada",
      isStaff: false,
    });
  });

  it("is refused if the actor was demoted meanwhile", async () => {
    const { users, changed, staff } = await started();
    const [actor, account] = [await staff(), await staff()];
    await changed(actor, { isStaff: false });
    expect(await users.change(account, { isStaff: false }, authorityOver(actor, account))).toBe(
      "along_refused",
    );
  });
});
