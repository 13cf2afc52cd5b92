import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { acceptedLocale } from "../../../shared/identity/accepted-locale.ts";
import { localeOf, locales } from "../../../shared/identity/locale.ts";

const known = [...locales, undefined];

describe("language of a tag", () => {
  it.each([
    ["de", "de"],
    ["DE", "de"],
    ["de-AT", "de"],
    ["DE_de", "de"],
    ["es-419", "es"],
    ["ar-Arab-EG", "ar"],
    ["fr-u-nu-latn", "fr"],
    ["deu", "de"],
  ])("%s is %s", (tag, expected) => {
    expect(localeOf(tag)).toBe(expected);
  });

  it.each(["", "xx", "pt-BR", "german", "de-", "de.UTF-8", " de", "de\n", "ｄｅ", "*", "toString"])(
    "%j is none of ours",
    (tag) => {
      expect(localeOf(tag)).toBeUndefined();
    },
  );

  it("is found in time in any text", () => {
    const keys = Array.from({ length: 20_000 }, (_, index) => `a${index}`);
    expect(localeOf(`de-u-${keys.join("-")}`)).toBeUndefined();
    fc.assert(
      fc.property(fc.string({ unit: "binary" }), (tag) => {
        expect(known).toContain(localeOf(tag));
      }),
    );
  });
});

describe("language of an Accept-Language header", () => {
  it.each([
    ["de-AT,de;q=0.9,en-US;q=0.8,en;q=0.7", "de"],
    ["en;q=0.7, fr;q=0.9", "fr"],
    ["en; q=0.7 ,fr ; q=0.9", "fr"],
    ["en;Q=0.7,FR;q=0.9", "fr"],
    ["ar-EG, de", "ar"],
    ["pt-BR, pt;q=0.9, es;q=0.5, *;q=0.1", "es"],
    ["zh-Hans-CN, zh;q=0.9, de-Latn-CH-1996;q=0.8", "de"],
    ["de;q=0, fr;q=0.1", "fr"],
    ["de-DE, de;q=0, es;q=0.2", "es"],
    ["de-DE;q=0, de", "de"],
  ])("%s: %s", (header, expected) => {
    expect(acceptedLocale(header)).toBe(expected);
  });

  it.each([
    undefined,
    "",
    "*",
    "*;q=1",
    "pt-BR",
    "de;q=0",
    "de;q=0, *",
    "xx, *;q=0.5",
    "de;q=?",
    ",;,=",
    "🦊",
  ])("%j names none", (header) => {
    expect(acceptedLocale(header)).toBeUndefined();
  });

  it("never fails", () => {
    const piece = fc.oneof(
      fc.string({ unit: "binary" }),
      fc.constantFrom(...'de,en-US,*,;q=,0.5,;,,,-,_," ,\\,=, ,\t,__proto__,constructor'.split(","), ","),
    );
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 40 }), (pieces) => {
        expect(known).toContain(acceptedLocale(pieces.join("")));
      }),
      { numRuns: 2_000 },
    );
  });

  // API Gateway takes 10,240 bytes of headers.
  it.each(["de-", "x,", ",", "de;q=", '"', "\\", " ", "de-u-nu-latn,", "*;q=0.1,", ";q=0,"])(
    "is read in time if full of %j",
    (piece) => {
      const started = process.cpuUsage();
      expect(known).toContain(acceptedLocale(piece.repeat(10_240 / piece.length)));
      expect(process.cpuUsage(started).user).toBeLessThan(500_000);
    },
  );
});
