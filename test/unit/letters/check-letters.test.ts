import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeEach, describe, expect, it } from "vitest";
import * as z from "zod";
import { locales } from "../../../shared/identity/locale.ts";
import { contrast } from "../../../shared/letters/contrast.ts";
import { lettersFolder, readLetters } from "../../../shared/letters/letter-files.ts";

const folder = mkdtempSync(join(tmpdir(), "lit-auth-letters-"));
beforeEach(() => {
  rmSync(folder, { recursive: true });
  cpSync(lettersFolder, folder, { recursive: true });
});
afterAll(() => rmSync(folder, { recursive: true }));

const problems = (): readonly string[] => {
  const read = readLetters(folder);
  return "problems" in read ? read.problems : [];
};
const edit = (file: string, from: string | RegExp, to: string) => {
  const path = join(folder, file);
  const before = readFileSync(path, "utf8");
  const after = before.replace(from, () => to);
  expect(after).not.toBe(before);
  writeFileSync(path, after);
};
/** Replaces a paragraph of the German sign-in letter. */
const say = (text: string) =>
  edit("de.json", "Geben Sie ihn auf der Seite ein, auf der Sie sich gerade anmelden.", text);

describe("letters of this repository", () => {
  it("follow all rules", () => {
    expect(readLetters()).toHaveProperty("book");
  });

  it.each(locales)("say everything in %s", (locale) => {
    const keysOf = (name: string) =>
      Object.keys(
        z
          .record(z.string(), z.unknown())
          .parse(JSON.parse(readFileSync(join(folder, `${name}.json`), "utf8"))),
      );
    expect(keysOf(locale)).toEqual(keysOf("en"));
  });
});

describe("check of letters", () => {
  const login = 'letters/de.json, letter "login":';
  it.each([
    ["Seite {duraton}", "uses {duraton}, but can only use {product}, {time}, {code}, {duration}"],
    ["Bis {until}", "uses {until}, but can only use {product}, {time}, {code}, {duration}"],
    ["Seite { code", "has a brace that belongs to no placeholder"],
    ["Auf <b>der</b> Seite", "contains <, but letters are plain text without markup"],
    ["Auf **der** Seite", "contains *, but letters are plain text without markup"],
    ["Nicht&nbsp;weitergeben", "contains &, but letters are plain text without markup"],
    ["Schreiben Sie an a@b", "contains @, but letters contain no email address"],
    ["Auf https://example.com", "contains something that mail programs turn into a link"],
    ["Auf //example", "contains something that mail programs turn into a link"],
    ["Auf example.com", "contains something that mail programs turn into a link"],
    ["Auf www.example", "contains something that mail programs turn into a link"],
    ["Auf EXAMPLE\u3002COM", "contains something that mail programs turn into a link"],
    ["Auf Cafe\u0301.com", "contains something that mail programs turn into a link"],
    ["Auf \u0926\u0947\u0936\u0940.com", "contains something that mail programs turn into a link"],
    ["Auf example.\u0936\u0940", "contains something that mail programs turn into a link"],
    ["Auf example\u3002\u4f60\u597d", "contains something that mail programs turn into a link"],
    ["Auf xn--bcher-kva.com", "contains something that mail programs turn into a link"],
    ["Auf www\u200b.example", "contains an invisible character"],
    ["Auf ex\u00adample", "contains an invisible character"],
    ["Auf \u2060example", "contains an invisible character"],
    ["Auf {product}.com", "contains something that mail programs turn into a link"],
    ["Auf 192.0.2.1", "contains something that mail programs turn into a link"],
    ["Rufen Sie tel:123 an", "contains something that mail programs turn into a link"],
    ["Seite\u202eetieS", "contains an invisible character"],
    ["Erste\\nzweite", "contains an invisible character"],
    [" ", "is empty or begins or ends with a space"],
    ["x".repeat(601), "has 601 characters without its placeholders, 600 at most"],
  ])("refuses the paragraph %s", (text, problem) => {
    say(text);
    expect(problems()).toContain(`${login} paragraph 3 ${problem}.`);
  });

  it.each([
    ["abbreviations and figures", "Das gilt z.B. bis 23:54 Uhr, d.h. 1.000 Minuten und/oder 2,5 Tage (ca.)."],
    ["quotes and signs", "„Anmelden“, “sign in” – 100 % sicher! Wirklich? Ja; 'klar'."],
    ["the product", "Öffnen Sie {product}: dort steht alles."],
  ])("accepts %s", (_, text) => {
    say(text);
    expect(problems()).toEqual([]);
  });

  it.each([
    ["de.json", '"login": {', '"logni": {', 'letters/de.json, there is no letter with the name "logni".'],
    [
      "en.json",
      '"login": {',
      '"logni": {',
      'letters/en.json, the letter "login" is missing, and English needs every letter.',
    ],
    [
      "de.json",
      '"{code}",\n',
      "",
      'letters/de.json, letter "activation": it needs {code} once, alone in the first or second paragraph.',
    ],
    [
      "de.json",
      '"{code}"',
      '"Code {code}"',
      'letters/de.json, letter "activation": it needs {code} once, alone in the first or second paragraph.',
    ],
    [
      "de.json",
      "{product}: Ihr Anmeldecode",
      "{code}: Ihr Anmeldecode",
      `${login} the subject uses {code}, but can only use {product}.`,
    ],
    [
      "de.json",
      "{product}: Ihr Anmeldecode",
      "x".repeat(79),
      `${login} the subject has 79 characters without its placeholders, 78 at most.`,
    ],
    [
      "de.json",
      "Gesendet am {time}. ",
      "",
      'letters/de.json, letter "activation": it needs {time} somewhere.',
    ],
    [
      "de.json",
      '"{product}: Ihr Aktivierungscode"',
      "1",
      /^letters\/de\.json, letter "activation": subject: .*$/,
    ],
    ["de.json", '"subject"', '"betreff"', /^letters\/de\.json, letter "activation": .*$/],
    [
      "layout.json",
      "#ffffff",
      "white",
      "letters/layout.json, light.background: a colour is # and six hexadecimal digits.",
    ],
    [
      "layout.json",
      "#1c1f23",
      "#999999",
      "letters/layout.json, light.text has a contrast of 2.8 to its background, 4.5 is the minimum.",
    ],
    [
      "layout.json",
      /#ffffff(?=" }\n})/,
      "#333333",
      /^letters\/layout\.json, dark\.code has a contrast of 1\.\d to its background/,
    ],
    [
      "layout.json",
      "{product}",
      "<b>{product}</b>",
      "letters/layout.json, logo contains <, but letters are plain text without markup.",
    ],
    [
      "layout.json",
      '"footer": ""',
      '"footer": "example.com"',
      "letters/layout.json, footer contains something that mail programs turn into a link.",
    ],
    ["layout.json", '"footer"', '"fotter"', /^letters\/layout\.json, Unrecognized key: "fotter"\.$/],
  ] as const)("names the place in %s (%#)", (file, from, to, problem) => {
    edit(file, from, to);
    const found = problems();
    if (typeof problem === "string") expect(found).toContain(problem);
    else
      expect(
        found.some((sentence) => problem.test(sentence)),
        found.join("\n"),
      ).toBe(true);
  });

  it("refuses broken, missing and unknown files", () => {
    edit("fr.json", "{", "");
    expect(problems()).toEqual([expect.stringMatching(/^letters\/fr\.json is no valid JSON: /)]);
    rmSync(join(folder, "fr.json"));
    writeFileSync(join(folder, "pt.json"), "{}");
    expect(problems()).toEqual([
      "letters/fr.json is missing.",
      "letters/pt.json, there is no language with this name.",
    ]);
    writeFileSync(join(folder, "fr.json"), "[]");
    expect(problems()[0]).toBe("letters/fr.json, it must be an object with a letter for each name.");
  });

  it("lets a language lack letters, and the layout its texts", () => {
    writeFileSync(join(folder, "fr.json"), "{}");
    edit("layout.json", '"logo": "{product}",\n  "footer": "",', "");
    expect(problems()).toEqual([]);
  });

  it("computes contrast as WCAG does", () => {
    expect(contrast("#000000", "#ffffff")).toBeCloseTo(21, 5);
    expect(contrast("#767676", "#FFFFFF")).toBeCloseTo(4.54, 2);
    expect(contrast("#777777", "#ffffff")).toBeLessThan(4.5);
  });
});
