// Reads codes from the letters folder as they arrive, without requests that would be measured.
import { readFileSync, watch } from "node:fs";
import { join } from "node:path";

export type LetterBox = {
  /** Returns the six-digit code of the oldest letter to this address that is still unread. */
  codeTo: (address: string) => Promise<string>;
  /** Returns a code of 16 characters in the same way. */
  longCodeTo: (address: string) => Promise<string>;
  close: () => void;
};

const codePattern = /^ {4}(\d{3} \d{3}|[A-Z2-7]{4}(?:-[A-Z2-7]{4}){3})$/m;
const endOfLetter = /--\r?\n$/;
const patienceMilliseconds = 30_000;

/** The two kinds are kept apart, because a stranger may have requested the other kind. */
const keyOf = (address: string, isLong: boolean): string => `${address}, ${isLong ? "long" : "six digits"}`;

export const openLetterBox = (folder: string): LetterBox => {
  const read = new Set<string>();
  const codes = new Map<string, string[]>();
  const waiting = new Map<string, (code: string) => void>();

  const take = (fileName: string) => {
    const [, address] = fileName.split(" ");
    if (address === undefined || read.has(fileName)) return;
    const letter = readFileSync(join(folder, fileName), "utf8");
    // The first event arrives while the file is still empty.
    if (!endOfLetter.test(letter)) return;
    read.add(fileName);
    const code = codePattern.exec(letter)?.[1];
    if (code === undefined) return;
    const key = keyOf(address, code.includes("-"));
    const resolve = waiting.get(key);
    if (resolve) resolve(code);
    else codes.set(key, [...(codes.get(key) ?? []), code]);
  };
  const watcher = watch(folder, (_, fileName) => fileName !== null && take(fileName));

  const next = (key: string): Promise<string> => {
    const known = codes.get(key)?.shift();
    if (known !== undefined) return Promise.resolve(known);
    return new Promise((resolve, reject) => {
      const impatience = setTimeout(
        () => reject(new Error(`no letter to ${key} came within 30 s`)),
        patienceMilliseconds,
      );
      waiting.set(key, (code) => {
        clearTimeout(impatience);
        waiting.delete(key);
        resolve(code);
      });
    });
  };

  return {
    codeTo: (address) => next(keyOf(address, false)),
    longCodeTo: (address) => next(keyOf(address, true)),
    close: () => watcher.close(),
  };
};
