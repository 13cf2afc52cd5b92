import { describe, expect, it } from "vitest";
import { activationLetter } from "../../../shared/mail/account-letters.ts";

describe("letter layout", () => {
  const letter = {
    product: 'Fish & <b>"Chips"</b>',
    code: "012 345",
    sentAtSeconds: 1_795_391_640,
    lifetimeSeconds: 600,
  };

  it("escapes the product's name in HTML only", () => {
    const { html, text, subject } = activationLetter(letter, {});
    expect(html).toContain("Fish &amp; &lt;b&gt;&quot;Chips&quot;&lt;/b&gt;");
    expect(html).not.toContain("<b>");
    expect(text).toContain(letter.product);
    expect(subject).toBe(`${letter.product}: your activation code`);
  });

  it("says when it was sent and how long the code is valid", () => {
    expect(activationLetter(letter, {}).text).toContain(
      "Sent on 22 November 2026 at 23:54 UTC. The code is valid for 10 minutes",
    );
  });
});
