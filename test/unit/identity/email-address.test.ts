import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { deliverableAddress, normaliseAddress } from "../../../shared/identity/email-address.ts";

describe("email address", () => {
  it("is delivered in ASCII with the local part as typed", () => {
    expect(deliverableAddress("Ada+x@BÜCHER.example")).toBe("Ada+x@xn--bcher-kva.example");
  });

  it("has one key for all spellings", () => {
    expect(normaliseAddress("ADA@bücher.EXAMPLE")).toBe(normaliseAddress("ada@xn--bcher-kva.example"));
  });

  it("is refused if SES can't deliver or a header could break", () => {
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

  it("is normalised idempotently and without errors for any input", () => {
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
