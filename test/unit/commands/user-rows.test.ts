import { afterEach, describe, expect, it } from "vitest";
import { floorFor } from "../../../commands/user-files/floor-advice.ts";
import { rowReader, writeRow } from "../../../commands/user-files/user-rows.ts";
import { bcryptHashes, djangoHashes } from "../../support/people/django-hashes.ts";

const now = Date.parse("2026-11-22T20:15:00Z") / 1000;
const read = rowReader(
  () => now,
  async (address) => address.toLowerCase(),
);
const person = {
  email: "Ada@example.com",
  username: "ada",
  password_hash: "!",
  created: "2020-02-29T23:30:00Z",
};
const userOf = async (changes: object) => {
  const row = await read(JSON.stringify({ ...person, ...changes }));
  if ("problems" in row) throw new Error(row.problems.join(" "));
  return row.user;
};

const zone = process.env["TZ"];
afterEach(() => {
  if (zone === undefined) delete process.env["TZ"];
  else process.env["TZ"] = zone;
});

describe("row of a file", () => {
  it.each([
    ["2020-02-29T23:30:00", "2020-02-29T23:30:00Z"],
    ["2020-02-29T23:30:00.123456", "2020-02-29T23:30:00Z"],
    ["2020-02-29 23:30:00", "2020-02-29T23:30:00Z"],
    ["2020-03-29T02:30", "2020-03-29T02:30:00Z"],
    ["2020-02-29 23:30:00.5+00", "2020-02-29T23:30:00Z"],
    ["2020-02-29T23:30:00+0530", "2020-02-29T18:00:00Z"],
    ["2020-02-29T23:30:00-02:00", "2020-03-01T01:30:00Z"],
    ["2020-02-29t23:30:00z", "2020-02-29T23:30:00Z"],
  ])("has the time %s, which is %s in every time zone", async (created, expected) => {
    for (const place of ["America/New_York", "Europe/Berlin", "Pacific/Kiritimati"]) {
      process.env["TZ"] = place;
      expect((await userOf({ created })).createdAt, place).toBe(Date.parse(expected) / 1000);
    }
  });

  it.each(["2021-02-29T23:30:00", "2020-02-29T25:00:00", "2020-02-29", "29.2.2020 23:30", 1_583_019_000, ""])(
    "has no time that is %s",
    async (created) => {
      expect(await read(JSON.stringify({ ...person, created }))).toEqual({
        problems: ["created: Enter a time such as 2026-11-22T20:15:00Z."],
      });
    },
  );

  it("takes null only for what a person may leave out", async () => {
    const nothing = {
      id: null,
      first_name: null,
      last_name: null,
      locale: null,
      state: null,
      is_staff: null,
      created: null,
    };
    expect(await userOf(nothing)).toMatchObject({
      firstName: "",
      lastName: "",
      locale: undefined,
      status: "active",
      isStaff: false,
      createdAt: now,
    });
    for (const field of ["email", "username", "password_hash"])
      expect(await read(JSON.stringify({ ...person, [field]: null }))).toEqual({
        problems: [`${field}: This field may not be null.`],
      });
  });

  it("keeps every hash that we can check, when written and read again", async () => {
    for (const { what, passwordHash } of [...djangoHashes, ...bcryptHashes]) {
      const user = await userOf({ password_hash: passwordHash });
      expect(user.passwordHash, what).toBe(passwordHash);
      expect(await read(writeRow(user)), what).toEqual({ user, bringsId: true });
    }
  });

  it.each([
    ["$2b$15$", "too expensive to verify"],
    ["$2x$10$", "not supported"],
  ])("with a bcrypt hash of %s is refused as %s", async (setting, reason) => {
    const row = await read(JSON.stringify({ ...person, password_hash: setting + "a".repeat(53) }));
    expect(row).toEqual({ problems: [expect.stringContaining(reason)] });
  });
});

describe("advised refusal floor", () => {
  it("is 800 for Django's hashes, and more for costlier ones", () => {
    for (const { what, passwordHash } of [...djangoHashes, ...bcryptHashes])
      expect(floorFor(passwordHash), what).toBe(800);
    const costly = [
      `$2b$14$${"a".repeat(53)}`,
      `scrypt$131072$salt$8$4$${"A".repeat(86)}==`,
      `$argon2id$v=19$m=262144,t=4,p=1$c2FsdCBvZiBhIHRlc3Q$${"A".repeat(43)}`,
    ];
    for (const hash of costly) {
      expect(floorFor(hash), hash).toBeGreaterThanOrEqual(2_000);
      expect(floorFor(hash), hash).toBeLessThanOrEqual(5_000);
    }
    expect(floorFor("!")).toBe(0);
  });
});
