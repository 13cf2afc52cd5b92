import { describe, expect, it } from "vitest";
import {
  affectedBy,
  isComplete,
  type AffectedOptions,
} from "../../../commands/user-files/affected-people.ts";
import type { User } from "../../../shared/store/user-items.ts";

const none: AffectedOptions = { "signed-in": false, all: false };
const now = Date.parse("2026-11-26T12:00:00Z") / 1000;
const account = (created: string, signedIn?: string) => {
  const seconds = (time: string) => Date.parse(time) / 1000;
  const lastSignInAt = signedIn === undefined ? undefined : seconds(signedIn);
  return { createdAt: seconds(created), lastSignInAt } as User;
};

describe("people whom a leak concerns", () => {
  const time = { since: "2026-11-20", until: "2026-11-22T20:15Z" };
  it.each([
    ["had an account before", {}, account("2026-01-01"), true],
    ["came in that time", {}, account("2026-11-21"), true],
    ["came after it", {}, account("2026-11-22T20:15:00Z"), false],
    ["signed in before only", { "signed-in": true }, account("2026-01-01", "2026-11-19T23:59:59Z"), false],
    ["signed in then", { "signed-in": true }, account("2026-01-01", "2026-11-20"), true],
    ["signed in again later", { "signed-in": true }, account("2026-01-01", "2026-11-25"), true],
    ["never signed in", { "signed-in": true }, account("2026-01-01"), false],
  ])("who %s", (_, more, person, isAffected) => {
    expect(affectedBy({ ...none, ...time, ...more }, now)(person)).toBe(isAffected);
  });

  it("includes accounts of this very second, without an end", () => {
    expect(affectedBy({ ...none, since: "2026-11-26T11:59Z" }, now)(account("2026-11-26T12:00:00Z"))).toBe(
      true,
    );
  });

  it.each([
    [{ since: "2026-11-27" }, "--since is in the future."],
    [{ since: "yesterday" }, "--since: Datetime has wrong format."],
    [{ since: "2026-11-20", until: "2026-11-20" }, "--until must be later than --since."],
  ])("are not asked for with %j", (more, sentence) => {
    expect(() => affectedBy({ ...none, ...more }, now)).toThrow(sentence);
  });

  it.each([
    [{ since: "2026-11-20" }, true],
    [{ since: "2026-11-20", until: "2026-11-21", "signed-in": true }, true],
    [{ "signed-in": true }, true],
    [{ all: true }, true],
    [{ ids: "file" }, true],
    [{}, false],
    [{ until: "2026-11-21" }, false],
    [{ all: true, since: "2026-11-20" }, false],
    [{ ids: "file", "signed-in": true }, false],
  ])("are named in one way: %j", (more, is) => {
    expect(isComplete({ ...none, ...more })).toBe(is);
  });
});
