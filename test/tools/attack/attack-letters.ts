// Reads the letters that the attacked stack has sent.
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { allLettersSent } from "../../support/mail/mail-queue.ts";
import type { Stack } from "../../../infra/local/stack.ts";

/** The codes that letters have, by the subject of the letter. */
const subjects = {
  activation: "your activation code",
  login: "your sign-in code",
  reset: "your password reset code",
  change: "your email address change code",
  undo: "your email address is about to change",
};
export type LetterCode = keyof typeof subjects;

const codePattern = /^ {4}(\d{3} \d{3}|[A-Z2-7]{4}(?:-[A-Z2-7]{4}){3})$/m;

export const attackLetters = (
  stack: Pick<Stack, "mailboxFolder" | "inspectQueue"> & Parameters<typeof allLettersSent>[0],
) => {
  const receiverOf = (fileName: string): string => fileName.split(" ")[1] ?? "";
  /** The names of the files begin with the time. */
  const filesTo = async (isMeant: (address: string) => boolean): Promise<string[]> => {
    await allLettersSent(stack);
    const names = readdirSync(stack.mailboxFolder).filter((name) => isMeant(receiverOf(name)));
    return names.sort();
  };
  const textsTo = async (address: string): Promise<string[]> =>
    (await filesTo((to) => to === address)).map((name) =>
      readFileSync(join(stack.mailboxFolder, name), "utf8"),
    );

  return {
    /** Returns the number of letters that were sent to addresses that match. */
    countTo: async (isMeant: (address: string) => boolean): Promise<number> =>
      (await filesTo(isMeant)).length,

    textsTo,

    /** Returns the code of the newest letter of this kind to the address, if there is one. */
    newestCode: async (address: string, kind: LetterCode): Promise<string | undefined> => {
      const texts = await textsTo(address);
      const codes = texts
        .filter((text) => /^Subject: (.*)$/m.exec(text)?.[1]?.endsWith(subjects[kind]))
        .map((text) => codePattern.exec(text)?.[1]);
      return codes.at(-1);
    },
  };
};
