import { describe, expect, it } from "vitest";
import { noAttributes } from "../../../shared/attributes/stored-attributes.ts";
import type { EventType, UserEvent } from "../../../shared/events/user-event.ts";
import { nothingSince, restoredAccount, sinceOf } from "../../../shared/restore/restored-account.ts";
import type { User } from "../../../shared/store/user-items.ts";

const backup: User = {
  ...noAttributes,
  id: "one",
  username: "ada",
  email: "ada@example.com",
  addressKey: "key",
  passwordHash: "$argon2id$old",
  createdAt: 1,
  status: "active",
  isStaff: true,
  sessionEpoch: 4,
  version: 7,
};
const events = (...types: EventType[]): UserEvent[] =>
  types.map((type, index) => ({
    id: `evt_${index}`,
    type,
    at: 100 + index,
    userId: "one",
    version: 8 + index,
  }));
const since = (...types: EventType[]) => sinceOf(events(...types));

describe("account of a backup", () => {
  it("comes back as it was, with new sessions and a newer version", () => {
    expect(restoredAccount(backup, undefined, nothingSince)).toEqual({
      user: { ...backup, sessionEpoch: 5, version: 8 },
      notes: [],
    });
  });

  it("stays deleted, unless an operator names it", () => {
    const deleted = since("password.changed", "user.deleted");
    expect(restoredAccount(backup, undefined, deleted)).toBeUndefined();
    const named = restoredAccount(backup, undefined, deleted, { evenIfDeleted: true });
    expect(named).toMatchObject({ user: { passwordHash: "!", version: 10 }, notes: ["must_reset"] });
    expect(restoredAccount(backup, undefined, since("user.deleted", "user.created"))).toBeDefined();
  });

  it.each<[EventType[], Partial<User>, string[]]>([
    [["user.disabled"], { status: "disabled" }, ["disabled_since"]],
    [["user.disabled", "user.enabled"], { status: "active" }, []],
    [["password.changed"], { passwordHash: "!" }, ["must_reset"]],
    [["user.rank_changed"], { isStaff: false }, ["rank_taken"]],
    [["user.rank_changed", "user.rank_changed"], { isStaff: false }, ["rank_taken"]],
    [["user.email_changed"], { status: "disabled" }, ["address_changed"]],
    [["user.updated"], { username: "ada" }, []],
  ])("decides doubts against access: %s", (types, expected, notes) => {
    expect(restoredAccount(backup, undefined, since(...types))).toMatchObject({
      user: { ...expected, version: 8 + types.length },
      notes,
    });
  });

  it("takes from a living account what gives less access", () => {
    const live: User = {
      ...backup,
      email: "new@example.com",
      addressKey: "other",
      passwordHash: "$argon2id$upgraded",
      status: "disabled",
      isStaff: false,
      sessionEpoch: 9,
      version: 20,
      firstName: "Damaged",
    };
    expect(restoredAccount(backup, live, since("user.email_changed"))).toEqual({
      user: {
        ...backup,
        email: "new@example.com",
        addressKey: "other",
        passwordHash: "$argon2id$upgraded",
        status: "disabled",
        isStaff: false,
        sessionEpoch: 10,
        version: 21,
      },
      notes: ["disabled_since", "rank_taken"],
    });
  });
});
