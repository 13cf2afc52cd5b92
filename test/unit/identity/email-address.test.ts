import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { deliverableAddress, normaliseAddress } from "../../../shared/identity/email-address.ts";
import { isUsername, normaliseUsername } from "../../../shared/identity/username.ts";

describe("addresses", () => {
  it("are delivered in ASCII with the local part as typed", () => {
    expect(deliverableAddress("Ada+x@BÜCHER.example")).toBe("Ada+x@xn--bcher-kva.example");
  });

  it("have one key for every spelling", () => {
    expect(normaliseAddress("ADA@bücher.EXAMPLE")).toBe(normaliseAddress("ada@xn--bcher-kva.example"));
  });

  it("are left out where SES could not deliver or a header could be broken", () => {
    for (const typed of [
      "",
      "@",
      "a@",
      "a@b",
      "a@b.c d",
      "a\r\n@b.co",
      "é@b.co",
      "a@b.co\0",
      "a@.co",
      "a@b..co",
      "a@127.1",
      "x@example.com/<img src=x onerror=alert(1)>",
      "x@example.com#.corp.com",
      "x@example.com?hello",
      "x@exa\tmple.com",
      "x@ex%61mple.com",
      "x@exam\u00adple.com",
    ])
      expect(deliverableAddress(typed), typed).toBeUndefined();
  });

  it("never throw and are stable under normalising again, whatever is typed", () => {
    fc.assert(
      fc.property(fc.oneof(fc.emailAddress(), fc.string(), fc.string({ unit: "binary" })), (typed) => {
        if (deliverableAddress(typed) === undefined) return;
        const key = normaliseAddress(typed);
        expect(normaliseAddress(key)).toBe(key);
        expect(normaliseAddress(typed.toUpperCase())).toBe(normaliseAddress(typed.toLowerCase()));
      }),
    );
  });
});

describe("usernames", () => {
  it("are one without case and in compatibility forms", () => {
    expect(normaliseUsername("Ａｄａ")).toBe("ada");
    expect(normaliseUsername("ﬁne")).toBe("fine");
  });

  it("follow Django's rule", () => {
    for (const good of ["ada", "ada.l@x+1-2_3", "ユーザー", "ŁÓDŹ"])
      expect(isUsername(good), good).toBe(true);
    for (const bad of ["a b", "a!", "a/b", "?x", "a\n", ""]) expect(isUsername(bad), bad).toBe(false);
  });

  it("have a key that is stable under normalising again", () => {
    fc.assert(
      fc.property(fc.string({ unit: "binary" }), (typed) => {
        fc.pre(isUsername(typed));
        const key = normaliseUsername(typed);
        expect(normaliseUsername(key)).toBe(key);
      }),
    );
  });
});
