import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { createCode, shownCode } from "../../../shared/codes/codes.ts";
import { locales } from "../../../shared/identity/locale.ts";
import { readLongCode, readShortCode } from "../../../shared/identity/typed-code.ts";
import { letterNames, placeholdersOf } from "../../../shared/letters/letter-names.ts";
import { renderLetter } from "../../../shared/letters/render-letter.ts";

const invisible = [
  "\u200B",
  "\u200C",
  "\u200D",
  "\u200E",
  "\u200F",
  "\u061C",
  "\u00AD",
  "\u2060",
  "\uFEFF",
  "\u2066",
  "\u2069",
  "\u202A",
  "\u202C",
];
const spaces = [" ", "\u00A0", "\u2003", "\u2007", "\u2009", "\u202F", "\u3000", "\t"];
const hyphens = [
  "-",
  "\u2010",
  "\u2011",
  "\u2012",
  "\u2013",
  "\u2014",
  "\u2212",
  "\uFE63",
  "\uFF0D",
  "\u30FC",
];

/** The digits of all scripts, as the runtime writes them. */
const scripts = Intl.supportedValuesOf("numberingSystem")
  .map((numberingSystem) => {
    const format = new Intl.NumberFormat("en", { numberingSystem, useGrouping: false });
    return Array.from({ length: 10 }, (_, digit) => format.format(digit));
  })
  .filter((digits) => digits.every((digit) => /^\p{Nd}$/u.test(digit)));
const fullWidth = (text: string) =>
  text.replace(/[!-~]/g, (character) => String.fromCodePoint(character.codePointAt(0)! + 0xfee0));

const script = fc.constantFrom(...scripts, "0123456789".split(""));
const between = fc.array(fc.constantFrom(...invisible, ...spaces, ...hyphens), { maxLength: 3 });
const shortCode = fc.integer({ min: 0, max: 999_999 }).map((code) => String(code).padStart(6, "0"));
const longCode = fc.string({
  unit: fc.constantFrom(..."ABCDEFGHIJKLMNOPQRSTUVWXYZ234567"),
  minLength: 16,
  maxLength: 16,
});
/** Puts marks, spaces and hyphens between the characters, and writes digits in other scripts. */
const pasted = (code: fc.Arbitrary<string>) =>
  code.chain((plain) =>
    fc
      .tuple(...[...plain].map((character) => fc.tuple(script, between, fc.constant(character))))
      .map((parts) => ({
        plain,
        text: parts
          .map(([digits, noise, character]) => (digits[Number(character)] ?? character) + noise.join(""))
          .join(""),
      })),
  );

describe("typed code", () => {
  it("has digits of any script, and marks, spaces and hyphens anywhere", () => {
    expect(scripts.length).toBeGreaterThan(50);
    fc.assert(fc.property(pasted(shortCode), ({ plain, text }) => readShortCode(text) === plain));
    fc.assert(fc.property(pasted(longCode), ({ plain, text }) => readLongCode(text) === plain));
    fc.assert(fc.property(longCode, (plain) => readLongCode(fullWidth(plain.toLowerCase())) === plain));
  });

  const sentences = [
    "Your code: |",
    "Ihr Code lautet |.",
    "«|»",
    "code=|&x=1",
    "Code:|",
    "您的验证码是|。",
    "رمزك: \u2066|\u2069.",
    "**|**",
    "Code — |",
  ];
  const shorts = [
    "123456",
    "123 456",
    "123-456",
    "123\u2011456",
    "١٢٣ ٤٥٦",
    "۱۲۳۴۵۶",
    "１２３　４５６",
    "12 34 56",
  ];
  const longs = [
    "ABCD-EFGH-IJKL-MN2P",
    "abcd-efgh-ijkl-mn2p",
    "ABCDEFGHIJKLMN2P",
    "ＡＢＣＤ－ＥＦＧＨ－ＩＪＫＬ－ＭＮ２Ｐ",
    "abcd–efgh–ijkl–mn2p",
  ];
  it.each(sentences)("is found in %s", (sentence) => {
    for (const short of shorts) expect(readShortCode(sentence.replace("|", short)), short).toBe("123456");
    for (const long of longs)
      expect(readLongCode(sentence.replace("|", long)), long).toBe("ABCDEFGHIJKLMN2P");
  });

  it.each(locales)("is found in every selection of a letter in %s", (locale) => {
    for (const name of letterNames.filter((letter) =>
      (placeholdersOf[letter] as readonly string[]).includes("code"),
    )) {
      const isShort = /^(activation|login)/.test(name);
      const code = createCode(isShort ? "login" : "reset");
      const read = isShort ? readShortCode : readLongCode;
      const values = { product: "LIT Auth 24/7", time: 1_795_391_640, duration: 600, code: shownCode(code) };
      const { text, html } = renderLetter(name, values, { locale, defaultLocale: "en" });
      const paragraphs = text.split("\n\n");
      const at = paragraphs.findIndex((paragraph) => paragraph.includes(shownCode(code)));
      const lines = html
        .replace(/^[^]*<body/, "")
        .replaceAll("</p>", "\n")
        .replaceAll(/<[^>]*>/g, "");
      const selections = [
        paragraphs[at],
        paragraphs.slice(at - 1, at + 1).join("\n"),
        paragraphs.slice(at - 1, at + 1).join(" "),
        text,
        lines,
      ];
      for (const selection of selections) expect(read(selection ?? ""), selection).toBe(code);
    }
  });

  it.each([
    "",
    " ",
    "12345",
    "1234567",
    "123456 654321",
    "123456, 654321",
    "123 456 or 654 321",
    "123.456",
    "12a34b56",
    "A123456",
    "123456th",
    "1234567a",
    "1 234 567",
    "code",
    "½½½½½½",
    "一二三四五六",
  ])("of six digits is not %j", (typed) => {
    expect(readShortCode(typed)).toBeUndefined();
  });

  it.each([
    "",
    "ABCD-EFGH-IJKL-MN2",
    "ABCD-EFGH-IJKL-MN2PQ",
    "ABCD-EFGH-IJKL-MN1P",
    "ABCD-EFGH-IJKL-MN2P QRST-UVWX-YZ23-4567",
    "ABCDEFGHIJKLMN2P or qrst-uvwx-yz23-4567",
    "responsibilities, acknowledgements",
    "ÄBCD-EFGH-IJKL-MN2P",
    "АBCD-EFGH-IJKL-MN2P",
  ])("of sixteen characters is not %j", (typed) => {
    expect(readLongCode(typed)).toBeUndefined();
  });

  it("may be repeated, and stand beside words of sixteen letters", () => {
    expect(readShortCode("123 456 (123456)")).toBe("123456");
    expect(readLongCode("Responsibilities: abcd-efgh-ijkl-mnop")).toBe("ABCDEFGHIJKLMNOP");
  });

  it("is read quickly from the longest text", () => {
    const started = performance.now();
    for (const part of ["1 ", "1a", "A-", "ABCD ", "ﷺ", "\u200B", "𝟙"])
      for (const read of [readShortCode, readLongCode]) read(part.repeat(4_000 / part.length));
    expect(performance.now() - started).toBeLessThan(2_000);
  });
});
