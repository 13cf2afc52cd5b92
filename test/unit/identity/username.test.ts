import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { isUsername, normaliseUsername } from "../../../shared/identity/username.ts";

describe("username", () => {
  it("has one key for all cases and compatibility forms", () => {
    expect(normaliseUsername("Ａｄａ")).toBe("ada");
    expect(normaliseUsername("ﬁne")).toBe("fine");
  });

  it("follows Django's rule", () => {
    for (const good of ["ada", "ada.l@x+1-2_3", "ユーザー", "ŁÓDŹ"])
      expect(isUsername(good), good).toBe(true);
    for (const bad of ["a b", "a!", "a/b", "?x", "a\n", ""]) expect(isUsername(bad), bad).toBe(false);
  });

  it("is normalised idempotently", () => {
    fc.assert(
      fc.property(fc.string({ unit: "binary" }), (typed) => {
        fc.pre(isUsername(typed));
        const key = normaliseUsername(typed);
        expect(normaliseUsername(key)).toBe(key);
      }),
    );
  });
});
