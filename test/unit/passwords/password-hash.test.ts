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
import { djangoHashes } from "../../support/people/django-hashes.ts";

const salt = "c2FsdCBvZiBhIHRlc3Q";
const digest = "A".repeat(43);
const argon2 = (parameters: string) => `$argon2id$v=19$${parameters}$${salt}$${digest}`;
const pbkdf2 = (iterations: number | string) => `pbkdf2_sha256$${iterations}$salt$${digest}=`;

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
    for (const wrong of [`${typed}x`, trimmedByPython(typed).slice(1)])
      expect(await verifyPassword(wrong, passwordHash)).toBe(false);
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
    for (const { what, typed, passwordHash } of djangoHashes) {
      const next = await rehashPassword(typed, passwordHash);
      expect(needsUpgrade(next), what).toBe(false);
      const password = trimmedByPython(typed);
      for (const form of ["NFC", "NFD"] as const)
        expect(await verifyPassword(password.normalize(form), next), what).toBe(true);
      if (password !== typed) expect(await verifyPassword(typed, next), what).toBe(false);
    }
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
  "pbkdf2_sha1$1000$salt$qqqqqqqqqqqqqqqqqqqqqqqqqqo=",
  "bcrypt$$2b$12$abcdefghijklmnopqrstuv",
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
  });

  it("matches nothing, isn't replaced, and costs equal CPU time", async () => {
    const other = await hash("secret words", { type: argon2d, memoryCost: 1_024 });
    for (const stored of [...unknown, ...tooCostly, "!", other])
      expect([await verifyPassword("secret words", stored), needsUpgrade(stored)], stored).toEqual([
        false,
        false,
      ]);
    const hashes = [undefined, "", "!", pbkdf2(2_000_001), argon2("m=262145,t=16,p=1")];
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
