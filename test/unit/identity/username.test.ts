import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  earlierUsernameKey,
  isUsername,
  usernameKey,
  usernameOutline,
} from "../../../shared/identity/username.ts";

describe("username", () => {
  it("has one key for all cases and compatibility forms", () => {
    expect(usernameKey("Ａｄａ")).toBe("ada");
    expect(usernameKey("ﬁne")).toBe("fine");
    for (const spelling of ["straße", "STRASSE", "straẞe"]) expect(usernameKey(spelling)).toBe("strasse");
    expect(usernameKey("οδος")).toBe(usernameKey("ΟΔΟΣ"));
    expect(usernameKey("οδος")).toBe(usernameKey("οδοσ"));
  });

  it("follows Django's rule", () => {
    for (const good of ["ada", "ada.l@x+1-2_3", "ユーザー", "ŁÓDŹ"])
      expect(isUsername(good), good).toBe(true);
    for (const bad of ["a b", "a!", "a/b", "?x", "a\n", ""]) expect(isUsername(bad), bad).toBe(false);
  });

  it("is described as it is checked, for printable ASCII", () => {
    for (let code = 0x20; code < 0x7f; code += 1) {
      const typed = `a${String.fromCharCode(code)}a`;
      expect(usernameOutline.test(typed), typed).toBe(isUsername(typed));
    }
  });

  it("has no invisible letters and no mark at the start", () => {
    for (const letter of "\u034F\u200B\u200D\uFE0F\u3164\u115F\u1160\uFFA0\u17B4\u{E0100}\u00AD\u2060")
      for (const typed of [letter, `a${letter}da`, `ada${letter}`, letter.repeat(3)])
        expect(isUsername(typed), escape(typed)).toBe(false);
    expect(isUsername("\u0301ada")).toBe(false);
  });

  it("keeps the key of names that were taken earlier", () => {
    expect(earlierUsernameKey("Straße")).toBe("straße");
    fc.assert(
      fc.property(fc.stringMatching(/^[a-zA-Z0-9_.@+-]+$/), (typed) => {
        expect(usernameKey(typed)).toBe(earlierUsernameKey(typed));
      }),
    );
  });

  it("is normalised idempotently", () => {
    fc.assert(
      fc.property(fc.string({ unit: "grapheme" }).filter(isUsername), (typed) => {
        const key = usernameKey(typed);
        expect(usernameKey(key)).toBe(key);
      }),
    );
  });
});
