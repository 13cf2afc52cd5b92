import { describe, expect, it } from "vitest";
import { createCode, shownCode } from "../../../shared/codes/codes.ts";
import { activationLetter } from "../../../shared/mail/account-letters.ts";

describe("codes", () => {
  it("are six digits, leading zeros kept, each digit about as often in each place [ASVS 6.4.1, 6.5.3, 6.5.4]", () => {
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
    // 9 degrees of freedom: 45 is passed by chance about once in a million runs of one place.
    for (const statistic of chiSquared) expect(statistic).toBeLessThan(45);
  });

  it("are sixteen characters of base32 where a guess may cost nothing, each about as often [ASVS 6.5.3, 6.5.4]", () => {
    const codes = Array.from({ length: 2000 }, () => createCode("reset"));
    expect(codes.every((code) => /^[A-Z2-7]{16}$/.test(code))).toBe(true);
    expect(new Set(codes).size).toBe(2000);
    const counts = new Map<string, number>();
    for (const character of codes.join("")) counts.set(character, (counts.get(character) ?? 0) + 1);
    expect(counts.size).toBe(32);
    const chiSquared = [...counts.values()].reduce((sum, count) => sum + (count - 1000) ** 2 / 1000, 0);
    // 31 degrees of freedom: 90 is passed by chance less than once in a million runs.
    expect(chiSquared).toBeLessThan(90);
  });

  it("are shown in two groups", () => {
    expect(shownCode("012345")).toBe("012 345");
    expect(shownCode("ABCDEFGHIJKLMNOP")).toBe("ABCD-EFGH-IJKL-MNOP");
  });
});

describe("letters", () => {
  const letter = {
    product: 'Fish & <b>"Chips"</b>',
    code: "012 345",
    sentAtSeconds: 1_795_391_640,
    lifetimeSeconds: 600,
  };

  it("escape the product's name in HTML and nowhere else", () => {
    const { html, text, subject } = activationLetter(letter);
    expect(html).toContain("Fish &amp; &lt;b&gt;&quot;Chips&quot;&lt;/b&gt;");
    expect(html).not.toContain("<b>");
    expect(text).toContain(letter.product);
    expect(subject).toBe(`${letter.product}: your activation code`);
  });

  it("say when they were sent and for how long the code is good", () => {
    expect(activationLetter(letter).text).toContain(
      "Sent on 22 November 2026 at 23:54 UTC. The code is valid for 10 minutes",
    );
  });
});
