import { describe, expect, it } from "vitest";
import type { Item } from "../../../shared/store/documents.ts";
import { eventsOf } from "../../../shared/events/derive-events.ts";
import { publicEvent, userEvent } from "../../../shared/events/user-event.ts";

const account = {
  pk: "user#u1",
  id: "u1",
  username: "ada",
  email: "ada@example.org",
  addressKey: "a1",
  passwordHash: "h1",
  firstName: "",
  status: "active",
  isStaff: false,
  sessionEpoch: 0,
  version: 3,
  changedBy: "operator",
  changedAt: 900,
};
const position = { streamArn: "arn:stream", sequenceNumber: "7", at: 1_000 };
const byPerson = { version: 4, changedBy: "person", changedAt: 999 };

const after = (changes: Item, before: Item = account) =>
  eventsOf({ oldImage: before, newImage: { ...before, ...changes }, ...position });
const types = (changes: Item, before?: Item) => after(changes, before).map(({ type }) => type);

describe("events of one write", () => {
  it.each<[string, Item, string[]]>([
    ["another name", { firstName: "Ada" }, ["user.updated"]],
    ["another username", { username: "ada2" }, ["user.updated"]],
    ["another language", { locale: "de" }, ["user.updated"]],
    ["another address", { email: "b@example.org", addressKey: "b1" }, ["user.email_changed"]],
    ["another password", { passwordHash: "h2" }, ["password.changed"]],
    ["another rank", { isStaff: true }, ["user.rank_changed"]],
    ["a deactivation", { status: "disabled" }, ["user.disabled"]],
    ["a state of a later version", { status: "suspended" }, ["user.disabled"]],
    [
      "several at once",
      { username: "b", passwordHash: "h2", isStaff: true },
      ["user.updated", "password.changed", "user.rank_changed"],
    ],
    ["ended sessions", { sessionEpoch: 1 }, []],
    ["the start of a move", { addressMove: { id: "m" } }, []],
  ])("%s gives the right types", (_, changes, expected) => {
    expect(types({ ...changes, ...byPerson })).toEqual(expected);
  });

  it.each<[string, Item]>([
    ["a code", { otpDigest: "d", otpExpiresAt: 5, otpRequestId: "r" }],
    ["a sign-in", { lastSignInAt: 5, otpConsumedBy: "i" }],
    ["an upgraded hash", { passwordHash: "h2" }],
    ["a timer for undoing", { undoUntil: 5, undoAddressKey: "k" }],
    ["nothing", {}],
    ["an attribute of a later version", { somethingNew: { a: 1 } }],
    ["a backfilled version", { v: 1, version: 4 }],
    ["a default that was missing", { lastName: "" }],
  ])("%s gives none", (_, changes) => {
    expect(after(changes)).toEqual([]);
  });

  it("enables an account from any other state", () => {
    for (const status of ["disabled", "suspended", undefined, 7])
      expect(types({ status: "active", ...byPerson }, { ...account, status })).toEqual(["user.enabled"]);
    expect(types({ status: "suspended" }, { ...account, status: "disabled" })).toEqual([]);
  });

  it("notices a password that an earlier version has changed", () => {
    expect(types({ passwordHash: "h2", sessionEpoch: 1 })).toEqual(["password.changed"]);
  });

  it("trusts actor and time of the write itself only", () => {
    const [known] = after({ firstName: "Ada", ...byPerson });
    expect(known).toMatchObject({ at: 999, version: 4, actor: { by: "person" } });
    const [unknown] = after({ firstName: "Ada" });
    expect(unknown).toMatchObject({ at: 1_000, version: 3 });
    expect(unknown).not.toHaveProperty("actor");
    const [odd] = after({ firstName: "Ada", version: 4, changedBy: "robot:1", changedAt: "now" });
    expect(odd).toMatchObject({ at: 1_000, version: 4 });
    expect(odd).not.toHaveProperty("actor");
  });

  it("gives repeated records the same ids, and each type its own", () => {
    const both = { firstName: "Ada", isStaff: true, ...byPerson };
    expect(after(both)).toEqual(after(both));
    expect(new Set(after(both).map(({ id }) => id)).size).toBe(2);
    const [event] = after(both);
    expect(event?.id).toMatch(/^evt_[0-9a-f]{32}$/);
    const [other] = eventsOf({ newImage: account, ...position, sequenceNumber: "8" });
    const [again] = eventsOf({ newImage: account, ...position });
    expect(other?.id).not.toBe(again?.id);
  });

  it("tells who created and who deleted an account", () => {
    const newImage = { ...account, version: 1, changedBy: "staff:s1" };
    const [created] = eventsOf({ newImage, ...position });
    expect(created).toMatchObject({
      type: "user.created",
      version: 1,
      at: 900,
      actor: { by: "staff", id: "s1" },
    });
    const deletion = { pk: "goodbye#u1", version: 4, changedBy: "person", changedAt: 950 };
    const [deleted] = eventsOf({ oldImage: account, deletion, ...position });
    expect(deleted).toMatchObject({ type: "user.deleted", version: 4, at: 950, actor: { by: "person" } });
    const [other] = eventsOf({ oldImage: account, deletion: { ...deletion, version: 9 }, ...position });
    expect(other).toEqual({ id: deleted?.id, type: "user.deleted", version: 4, at: 1_000, userId: "u1" });
    expect(eventsOf({ oldImage: account, ...position })).toHaveLength(1);
  });

  it("marks the accounts of smoke tests", () => {
    const newImage = { ...account, email: "success+1@Simulator.AmazonSES.com" };
    expect(eventsOf({ newImage, ...position })).toMatchObject([{ test: true }]);
    const lookalike = { ...account, email: "a@simulator.amazonses.com.example.org" };
    expect(eventsOf({ newImage: lookalike, ...position })[0]).not.toHaveProperty("test");
    expect(eventsOf({ newImage: { ...account, email: 5 }, ...position })).toHaveLength(1);
  });

  it("ignores other items and images that it can't read", () => {
    for (const newImage of [
      {},
      { pk: "user#u1" },
      { pk: "pending#u1", id: "u1" },
      { pk: "user#u2", id: "u1" },
    ])
      expect(eventsOf({ newImage, ...position })).toEqual([]);
    expect(eventsOf(position)).toEqual([]);
    expect(eventsOf({ oldImage: { pk: "user#u1", id: "u1" }, newImage: account, ...position })).not.toEqual(
      [],
    );
  });

  it("shows the owner's systems ids, type, time and version only", () => {
    const [event] = after({ firstName: "Ada", ...byPerson });
    const parsed = userEvent.parse(event);
    expect(publicEvent(parsed)).toEqual({
      type: "user.updated",
      timestamp: "1970-01-01T00:16:39.000Z",
      data: { id: "u1", version: 4 },
    });
    expect(publicEvent({ ...parsed, test: true }).data).toEqual({ id: "u1", version: 4, test: true });
  });
});
