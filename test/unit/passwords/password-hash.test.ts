import { argon2d, argon2id, hash } from "argon2";
import { describe, expect, it } from "vitest";
import { readHash, trimmedByPython } from "../../../shared/passwords/hash-forms.ts";
import {
  hashPassword,
  needsUpgrade,
  rehashPassword,
  verifyPassword,
} from "../../../shared/passwords/password-hash.ts";
import { smallestCpuTimes } from "../../support/assert/cpu-time.ts";
import { bcryptHashes, cutHashes, djangoHashes } from "../../support/people/django-hashes.ts";

const salt = "c2FsdCBvZiBhIHRlc3Q";
const digest = "A".repeat(43);
const argon2 = (parameters: string) => `$argon2id$v=19$${parameters}$${salt}$${digest}`;
const pbkdf2 = (iterations: number | string) => `pbkdf2_sha256$${iterations}$salt$${digest}=`;
const scrypt = (blocks: number | string, blockSize: number, lanes: number) =>
  `scrypt$${blocks}$salt$${blockSize}$${lanes}$${"A".repeat(86)}==`;
const bcrypt = (setting: string) => `${setting}${"a".repeat(53)}`;

describe("our hash", () => {
  it("is argon2id with OWASP's parameters and its own salt", async () => {
    const [one, other] = [await hashPassword("secret words"), await hashPassword("secret words")];
    expect(one).toMatch(/^\$argon2id\$v=19\$m=19456,t=2,p=1\$/);
    expect(one).not.toBe(other);
    expect(await verifyPassword("secret words", one)).toBe(true);
    expect(await verifyPassword("secret words ", one)).toBe(false);
  });

  it("costs as much CPU time as the check without an account", async () => {
    const real = await hashPassword("secret words");
    const checks = [undefined, real].map((hash) => async () => {
      expect(await verifyPassword("wrong", hash)).toBe(false);
    });
    const [withoutAccount = 0, withAccount = 0] = await smallestCpuTimes(checks);
    expect(withoutAccount / withAccount).toBeGreaterThan(0.5);
    expect(withoutAccount / withAccount).toBeLessThan(2);
  });
});

describe("Django's hash", () => {
  it.each(djangoHashes)("matches only the typed password: $what", async ({ typed, passwordHash }) => {
    expect(await verifyPassword(typed, passwordHash)).toBe(true);
    expect(await verifyPassword(` ${typed}\n`, passwordHash)).toBe(true);
    expect(await verifyPassword(`${typed}x`, passwordHash)).toBe(false);
    expect(needsUpgrade(passwordHash)).toBe(true);
  });

  it("doesn't match another Unicode composition, as in Django", async () => {
    for (const { what, typed, passwordHash } of djangoHashes) {
      const other = typed.normalize("NFC") === typed ? typed.normalize("NFKD") : typed.normalize("NFC");
      if (other !== typed && trimmedByPython(other) === other)
        expect(await verifyPassword(other, passwordHash), what).toBe(false);
    }
  });

  it("is replaced by ours, which trims and accepts any composition", async () => {
    const ofEachPassword = new Map(djangoHashes.map((hash) => [hash.typed, hash]));
    for (const { what, typed, passwordHash } of ofEachPassword.values()) {
      const next = await rehashPassword(typed, passwordHash);
      expect(needsUpgrade(next), what).toBe(false);
      const password = trimmedByPython(typed);
      for (const form of ["NFC", "NFD"] as const)
        expect(await verifyPassword(password.normalize(form), next), what).toBe(true);
      if (password !== typed) expect(await verifyPassword(typed, next), what).toBe(false);
    }
  });
});

describe("bcrypt hash of another system", () => {
  it.each(bcryptHashes)("matches the password as typed: $what", async ({ typed, passwordHash }) => {
    expect(await verifyPassword(typed, passwordHash)).toBe(true);
    for (const wrong of [`${typed} `, ` ${typed}`, typed.slice(1), `${typed}x`])
      expect(await verifyPassword(wrong, passwordHash)).toBe(false);
    expect(needsUpgrade(passwordHash)).toBe(true);
    const next = await rehashPassword(typed, passwordHash);
    expect([needsUpgrade(next), await verifyPassword(typed, next)]).toEqual([false, true]);
    expect(await verifyPassword(`${typed} `, next)).toBe(false);
  });

  it("tells apart the compositions of one password", async () => {
    const { typed, passwordHash } = bcryptHashes.find(({ what }) => what.includes("compatibility"))!;
    expect(await verifyPassword(typed.normalize("NFKC"), passwordHash)).toBe(false);
  });

  it.each(cutHashes)("counts the first 72 bytes, and ours all: $what", async ({ typed, passwordHash }) => {
    for (const same of [typed, `${typed}x`]) expect(await verifyPassword(same, passwordHash)).toBe(true);
    expect(await verifyPassword(Buffer.from(typed).subarray(0, 71).toString(), passwordHash)).toBe(false);
    expect(await verifyPassword(`y${typed}`, passwordHash)).toBe(false);
    const next = await rehashPassword(typed, passwordHash);
    expect([await verifyPassword(typed, next), await verifyPassword(`${typed}x`, next)]).toEqual([
      true,
      false,
    ]);
  });
});

describe("argon2id hash with other parameters", () => {
  it("matches the password as typed, and is replaced", async () => {
    for (const options of [
      { memoryCost: 1_024, timeCost: 1, parallelism: 1 },
      { memoryCost: 65_536, timeCost: 3, parallelism: 4 },
    ]) {
      const other = await hash("with a space ", { type: argon2id, ...options });
      expect(await verifyPassword("with a space ", other)).toBe(true);
      expect(await verifyPassword("with a space", other)).toBe(false);
      expect(needsUpgrade(other)).toBe(true);
      const next = await rehashPassword("with a space ", other);
      expect(needsUpgrade(next)).toBe(false);
      expect(await verifyPassword("with a space ", next)).toBe(true);
      expect(await verifyPassword("with a space", next)).toBe(false);
    }
  });

  it("is not replaced if the parameters are ours", async () => {
    expect(needsUpgrade(await hashPassword("secret words"))).toBe(false);
  });
});

const unknown = [
  "",
  "secret words",
  "md5$salt$5f4dcc3b5aa765d61d8327deb882cf99",
  "unsalted_md5$$5f4dcc3b5aa765d61d8327deb882cf99",
  "sha1$salt$b6b1f4781776979c0775c71ebdd8bdc084aac5fe",
  "pbkdf2_sha1$1000$salt$qqqqqqqqqqqqqqqqqqqqqqqqqqo",
  pbkdf2(1000).replace("sha256", "sha1"),
  pbkdf2(1000).replace("sha256", "sha512"),
  scrypt(16_383, 8, 1),
  scrypt(1, 8, 1),
  scrypt(16_384, 0, 1),
  scrypt(2 ** 16, 1, 1),
  scrypt(16_384, 8, 0),
  scrypt("1e4", 8, 1),
  `${scrypt(16_384, 8, 1)}=`,
  `scrypt:32768:8:1$salt$${"a".repeat(128)}`,
  "bcrypt$$2b$12$abcdefghijklmnopqrstuv",
  bcrypt("$2x$12$"),
  bcrypt("$2$12$"),
  bcrypt("$2b$03$"),
  bcrypt("$2b$4$"),
  bcrypt("bcrypt$2b$12$"),
  bcrypt("bcrypt_sha512$$2b$12$"),
  `${bcrypt("$2b$12$")}a`,
  pbkdf2("1e3"),
  `${pbkdf2(1000)}x`,
  argon2("m=19456,t=2"),
  argon2("m=19456,t=2,t=2"),
  argon2("m=19456,t=2,p=1").replace("v=19$", ""),
  argon2("m=19456,t=2,p=1").replace("argon2id", "argon2i"),
  `argon2$${argon2("m=19456,t=2,p=1")}`,
  `${argon2("m=19456,t=2,p=1")}\n`,
];
const tooCostly = [
  pbkdf2(2_000_001),
  pbkdf2(0),
  scrypt(2 ** 19, 8, 1),
  scrypt(2 ** 18, 8, 3),
  scrypt(2 ** 10, 8, 17),
  scrypt(2 ** 29, 9_999, 9_999),
  bcrypt("$2b$15$"),
  bcrypt("$2b$31$"),
  bcrypt("$2b$99$"),
  bcrypt("bcrypt$$2b$15$"),
  bcrypt("bcrypt_sha256$$2b$15$"),
  argon2("m=262145,t=1,p=1"),
  argon2("m=262144,t=5,p=1"),
  argon2("m=1024,t=17,p=1"),
  argon2("m=1024,t=1,p=17"),
  argon2("m=7,t=1,p=1"),
  argon2("m=19456,t=0,p=1"),
  argon2("m=19456,t=2,p=0"),
  `argon2${argon2("m=9999999,t=9999999,p=8")}`,
];

describe("hash that can't be checked", () => {
  it("is read as unknown, too costly, or no password", () => {
    for (const stored of unknown) expect(readHash(stored), stored).toBe("unknown");
    for (const stored of tooCostly) expect(readHash(stored), stored).toBe("too_costly");
    for (const stored of ["!", "!3RJPOPA7eOp0DHJKuAspO9N7GVOWBz0UKfvqakLy"])
      expect(readHash(stored)).toEqual({ kind: "none" });
    expect(readHash(pbkdf2(2_000_000))).toMatchObject({ kind: "pbkdf2" });
    expect(readHash(argon2("m=262144,t=4,p=16"))).toMatchObject({ kind: "argon2" });
    for (const most of [scrypt(2 ** 18, 8, 2), scrypt(2 ** 15, 8, 16), scrypt(2, 1, 1)])
      expect(readHash(most)).toMatchObject({ kind: "scrypt" });
    for (const most of ["$2a$14$", "$2y$04$", "bcrypt$$2b$14$", "bcrypt_sha256$$2a$14$"])
      expect(readHash(bcrypt(most))).toMatchObject({ kind: "bcrypt" });
  });

  it("matches nothing, isn't replaced, and costs equal CPU time", async () => {
    const other = await hash("secret words", { type: argon2d, memoryCost: 1_024 });
    for (const stored of [...unknown, ...tooCostly, "!", other])
      expect([await verifyPassword("secret words", stored), needsUpgrade(stored)], stored).toEqual([
        false,
        false,
      ]);
    const costly = [bcrypt("$2b$31$"), scrypt(2 ** 29, 99, 99)];
    const hashes = [undefined, "", "!", pbkdf2(2_000_001), argon2("m=262145,t=16,p=1"), ...costly];
    const works = hashes.map((stored) => () => verifyPassword("secret words", stored));
    const [withoutAccount = 0, ...costs] = await smallestCpuTimes(works);
    for (const [index, cost] of costs.entries()) {
      expect(cost / withoutAccount, hashes[index + 1]).toBeGreaterThan(0.4);
      expect(cost / withoutAccount, hashes[index + 1]).toBeLessThan(2.5);
    }
  });
});

describe("trimming as in Python", () => {
  it("removes Python's spaces and no others, at both ends only", () => {
    const spaces = "\t\n\v\f\r\x1c\x1d\x1e\x1f \x85\xa0\u1680\u2000\u200a\u2028\u2029\u202f\u205f\u3000";
    expect(trimmedByPython(`${spaces}a${spaces}b${spaces}`)).toBe(`a${spaces}b`);
    expect(trimmedByPython(spaces)).toBe("");
    for (const other of ["\ufeff", "\u200b", "\u180e", "\x1b", "\x7f", "\u2060"])
      expect(trimmedByPython(`${other}a${other}`)).toBe(`${other}a${other}`);
  });

  it("takes linear time", () => {
    const spaces = " ".repeat(1_000_000);
    const start = performance.now();
    expect(trimmedByPython(`x${spaces}x`)).toHaveLength(1_000_002);
    expect(trimmedByPython(spaces)).toBe("");
    expect(performance.now() - start).toBeLessThan(20_000);
  });
});
