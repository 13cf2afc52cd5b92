import { randomUUID } from "node:crypto";
import { describe, expect, it } from "vitest";
import { noAttributes } from "../../../shared/attributes/stored-attributes.ts";
import { userStore } from "../../../shared/accounts/user-store.ts";
import { accountImportStore } from "../../../shared/admin/account-import-store.ts";
import { accountRestoreStore, accountsOf } from "../../../shared/restore/account-restore-store.ts";
import { findAddressPointer } from "../../../shared/store/address-pointers.ts";
import { readItem } from "../../../shared/store/dynamo.ts";
import { usernamePk, userPk, type User } from "../../../shared/store/user-items.ts";
import { ownUsersTable } from "../../support/store/own-tables.ts";

const { table } = ownUsersTable();

const newAccount = (changes: Partial<User> = {}): User => {
  const id = randomUUID();
  const name = `r${id.slice(0, 8)}`;
  return {
    ...noAttributes,
    id,
    username: name,
    email: `${name}@example.com`,
    addressKey: `key-${id}`,
    passwordHash: "$argon2id$hash",
    createdAt: 1,
    status: "active",
    isStaff: false,
    sessionEpoch: 0,
    ...changes,
  };
};

const imported = async (changes: Partial<User> = {}): Promise<User> => {
  const account = newAccount(changes);
  expect(await accountImportStore().put(account)).toBe("imported");
  const live = await userStore().find(account.id);
  if (!live) throw new Error("the account was not imported");
  return live;
};

describe("account that is gone", () => {
  it("comes back with its name and address, and unknown devices", async () => {
    const account = newAccount({ version: 9, sessionEpoch: 3 });
    const store = accountRestoreStore();
    expect(await store.put(account, undefined)).toBe("restored");
    expect(await userStore().find(account.id)).toMatchObject({ version: 9, sessionEpoch: 3 });
    const pointer = await findAddressPointer(account.addressKey);
    expect(pointer).toMatchObject({ userId: account.id, deviceGeneration: expect.stringMatching(/-/) });
    expect(await readItem(table, usernamePk(account.username))).toMatchObject({ userId: account.id });
    expect(await readItem(table, userPk(account.id))).toMatchObject({ changedBy: "operator" });
    // A second run finds it, and one that raced it changes nothing.
    expect(await store.put({ ...account, firstName: "Twice" }, undefined)).toBe("changed_meanwhile");
  });

  it("gets another username, but never another person's address", async () => {
    const taken = await imported();
    const store = accountRestoreStore();
    const sameName = newAccount({ username: taken.username.toUpperCase() });
    expect(await store.put(sameName, undefined)).toBe("username_taken");
    expect((await userStore().find(sameName.id))?.username).toMatch(/^user_/);
    const sameAddress = newAccount({ email: taken.email, addressKey: taken.addressKey });
    expect(await store.put(sameAddress, undefined)).toBe("address_taken");
    expect(await userStore().find(sameAddress.id)).toBeUndefined();
  });
});

describe("account that is still there", () => {
  it("is overwritten with its old name, unless it changed meanwhile", async () => {
    const live = await imported({ firstName: "Damaged" });
    const backup = {
      ...live,
      firstName: "Ada",
      username: `${live.username}old`,
      sessionEpoch: 1,
      version: 2,
    };
    const store = accountRestoreStore();
    expect(await store.put(backup, live)).toBe("restored");
    expect(await store.find(live.id)).toMatchObject({ firstName: "Ada", username: backup.username });
    expect(await readItem(table, usernamePk(live.username))).toBeUndefined();
    expect(await readItem(table, usernamePk(backup.username))).toMatchObject({ userId: live.id });
    expect(await store.put({ ...backup, firstName: "Late" }, live)).toBe("changed_meanwhile");
  });

  it("keeps its username if the old one is another person's", async () => {
    const [live, other] = [await imported(), await imported()];
    const backup = { ...live, username: other.username, sessionEpoch: 1, version: 2 };
    expect(await accountRestoreStore().put(backup, live)).toBe("username_taken");
    expect(await userStore().find(live.id)).toMatchObject({ username: live.username, version: 2 });
  });
});

it("accounts of a backup are read without its other items", async () => {
  const ids: string[] = [];
  for await (const { id } of accountsOf(table)) ids.push(id);
  expect(ids.length).toBeGreaterThan(3);
  expect(new Set(ids).size).toBe(ids.length);
});
