import { describe, expect, it } from "vitest";
import { createCode, shownCode } from "../../../shared/codes/codes.ts";

describe("code", () => {
  it("has six uniformly distributed digits for a sign-in [ASVS 6.4.1, 6.5.3, 6.5.4]", () => {
    const samples = 20_000;
    const counts = Array.from({ length: 6 }, () => Array.from({ length: 10 }, () => 0));
    for (let times = 0; times < samples; times += 1) {
      const code = createCode("login");
      expect(code).toMatch(/^\d{6}$/);
      for (const [place, digit] of [...code].entries()) counts[place]![Number(digit)]! += 1;
    }
    const expected = samples / 10;
    const chiSquared = counts.map((place) =>
      place.reduce((sum, count) => sum + (count - expected) ** 2 / expected, 0),
    );
    // 9 degrees of freedom: chance exceeds 45 about once in a million runs, in each place.
    for (const statistic of chiSquared) expect(statistic).toBeLessThan(45);
  });

  it("has sixteen uniformly distributed base32 characters for a reset [ASVS 6.5.3, 6.5.4]", () => {
    const codes = Array.from({ length: 2000 }, () => createCode("reset"));
    expect(codes.every((code) => /^[A-Z2-7]{16}$/.test(code))).toBe(true);
    expect(new Set(codes).size).toBe(2000);
    const counts = new Map<string, number>();
    for (const character of codes.join("")) counts.set(character, (counts.get(character) ?? 0) + 1);
    expect(counts.size).toBe(32);
    const chiSquared = [...counts.values()].reduce((sum, count) => sum + (count - 1000) ** 2 / 1000, 0);
    // 31 degrees of freedom: chance exceeds 90 less than once in a million runs.
    expect(chiSquared).toBeLessThan(90);
  });

  it("is shown in groups", () => {
    expect(shownCode("012345")).toBe("012 345");
    expect(shownCode("ABCDEFGHIJKLMNOP")).toBe("ABCD-EFGH-IJKL-MNOP");
  });
});
