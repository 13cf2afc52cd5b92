// Checks the files of `letters/` before they are bundled or shown. Returns one sentence for each
// problem, which names the file and the letter.
import type * as z from "zod";
import { isLocale, locales } from "../identity/locale.ts";
import { contrast } from "./contrast.ts";
import { problemsOfText } from "./check-text.ts";
import { isLetterName, letterNames, placeholdersOf, type LetterName } from "./letter-names.ts";
import { letterLayout, letterText, type LetterLayout, type LetterText } from "./letter-schemas.ts";

// The product's name may have 45 characters more. Lists of letters show about 40 to 78.
const longestSubject = 78;
const longestParagraph = 600;
const longestLogo = 40;
const longestFooter = 200;
const mostParagraphs = 10;
const smallestContrast = 4.5;

const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === "object" && value !== null && !Array.isArray(value);

const firstIssue = (error: z.ZodError): string => {
  const [issue] = error.issues;
  const at = issue?.path.join(".") ?? "";
  return `${at === "" ? "" : `${at}: `}${issue?.message ?? ""}`;
};

const problemsOfCode = (name: LetterName, paragraphs: readonly string[]): string[] => {
  if (!(placeholdersOf[name] as readonly string[]).includes("code")) return [];
  const uses = paragraphs.filter((text) => text.includes("{code}"));
  const isFirst = paragraphs.slice(0, 2).includes("{code}");
  return uses.length === 1 && isFirst ? [] : ["needs {code} once, alone in the first or second paragraph"];
};

const problemsOfLetter = (name: LetterName, { subject, paragraphs }: LetterText): string[] => {
  const required = placeholdersOf[name];
  const missing = required.filter((needed) => !paragraphs.some((text) => text.includes(`{${needed}}`)));
  const allowed = ["product", ...required];
  return [
    ...problemsOfText(subject, { allowed: ["product"], longest: longestSubject }).map(
      (problem) => `the subject ${problem}`,
    ),
    ...paragraphs.flatMap((text, index) =>
      problemsOfText(text, { allowed, longest: longestParagraph }).map(
        (problem) => `paragraph ${index + 1} ${problem}`,
      ),
    ),
    ...(paragraphs.length > mostParagraphs ? [`it has more than ${mostParagraphs} paragraphs`] : []),
    ...missing.filter((needed) => needed !== "code").map((needed) => `it needs {${needed}} somewhere`),
    ...problemsOfCode(name, paragraphs).map((problem) => `it ${problem}`),
  ];
};

const problemsOfLanguage = (locale: string, file: unknown): string[] => {
  if (!isRecord(file)) return ["it must be an object with a letter for each name"];
  const missing = locale === "en" ? letterNames.filter((name) => !(name in file)) : [];
  return [
    ...missing.map((name) => `the letter "${name}" is missing, and English needs every letter`),
    ...Object.entries(file).flatMap(([name, text]) => {
      if (!isLetterName(name)) return [`there is no letter with the name "${name}"`];
      const read = letterText.safeParse(text);
      const problems = read.success ? problemsOfLetter(name, read.data) : [firstIssue(read.error)];
      return problems.map((problem) => `letter "${name}": ${problem}`);
    }),
  ];
};

const problemsOfColours = (scheme: "light" | "dark", layout: LetterLayout): string[] => {
  const { background, ...inks } = layout[scheme];
  return Object.entries(inks)
    .map(([name, ink]) => ({ name, value: contrast(ink, background) }))
    .filter(({ value }) => value < smallestContrast)
    .map(
      ({ name, value }) =>
        `${scheme}.${name} has a contrast of ${value.toFixed(1)} to its background, ${smallestContrast} is the minimum`,
    );
};

const problemsOfLayout = (file: unknown): string[] => {
  const read = letterLayout.safeParse(file);
  if (!read.success) return [firstIssue(read.error)];
  const { logo = "{product}", footer = "" } = read.data;
  const texts = [
    ["logo", logo, longestLogo],
    ["footer", footer, longestFooter],
  ] as const;
  return [
    ...texts.flatMap(([name, text, longest]) =>
      (text === "" && name === "footer" ? [] : problemsOfText(text, { allowed: ["product"], longest })).map(
        (problem) => `${name} ${problem}`,
      ),
    ),
    ...problemsOfColours("light", read.data),
    ...problemsOfColours("dark", read.data),
  ];
};

/** `files` has the parsed JSON of each file by its name. */
export const problemsOfLetters = (files: Readonly<Record<string, unknown>>): string[] => {
  const needed = [...locales, "layout"].map((name) => `${name}.json`);
  const missing = needed.filter((file) => !(file in files)).map((file) => `letters/${file} is missing.`);
  const found = Object.entries(files).flatMap(([file, content]) => {
    const name = file.replace(/\.json$/, "");
    const problems =
      name === "layout"
        ? problemsOfLayout(content)
        : isLocale(name)
          ? problemsOfLanguage(name, content)
          : ["there is no language with this name"];
    return problems.map((problem) => `letters/${file}, ${problem}.`);
  });
  return [...missing, ...found];
};
