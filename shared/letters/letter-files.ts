import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { problemsOfLetters } from "./check-letters.ts";
import type { LetterBook } from "./letter-book.ts";

export const lettersFolder = join(import.meta.dirname, "../../letters");

const parsed = (folder: string, file: string): { content: unknown } | { problem: string } => {
  try {
    return { content: JSON.parse(readFileSync(join(folder, file), "utf8")) };
  } catch (error) {
    return { problem: `letters/${file} is no valid JSON: ${error instanceof Error ? error.message : ""}` };
  }
};

export type CheckedLetters = { book: LetterBook } | { problems: readonly string[] };

export const readLetters = (folder = lettersFolder): CheckedLetters => {
  const names = existsSync(folder) ? readdirSync(folder).filter((name) => name.endsWith(".json")) : [];
  const read = names.toSorted().map((name) => ({ name, ...parsed(folder, name) }));
  const broken = read.flatMap((file) => ("problem" in file ? [file.problem] : []));
  if (broken.length > 0) return { problems: broken };
  const files = Object.fromEntries(
    read.flatMap((file) => ("content" in file ? [[file.name, file.content] as const] : [])),
  );
  const problems = problemsOfLetters(files);
  if (problems.length > 0) return { problems };
  const { "layout.json": layout, ...texts } = files;
  const byLocale = Object.entries(texts).map(([name, text]) => [name.replace(/\.json$/, ""), text]);
  return { book: { texts: Object.fromEntries(byLocale), layout } as LetterBook };
};
