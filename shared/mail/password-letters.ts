/** What the letters about a password say, and the last one. */
import {
  codeLetter,
  layOut,
  shownTime,
  type CodeLetter,
  type Letter,
  type NoticeLetter,
} from "./letter-layout.ts";

export const resetLetter = (letter: CodeLetter): Letter =>
  codeLetter(
    letter,
    "password reset",
    "Never give this code to anybody. If you did not ask for it, ignore this letter: your password has not changed.",
  );

/** For the owner of an account with a new password. */
export const passwordChangedLetter =
  (byReset: boolean) =>
  ({ product, sentAtSeconds }: NoticeLetter): Letter => ({
    subject: `${product}: your password was changed`,
    ...layOut(product, [
      byReset
        ? `The password of your account at ${product} was replaced, with a code that we had sent to this address. All sessions were ended; sign in with the new password.`
        : `The password of your account at ${product} was changed by somebody who was signed in and knew the old one. All other sessions were ended.`,
      byReset
        ? `If it was not you, somebody else reads your letters: secure this mailbox first, then ask for a password reset again.`
        : `If it was not you, ask for a password reset at once: it ends all sessions and gives the account back to you.`,
      `Sent on ${shownTime(sentAtSeconds)}.`,
    ]),
  });

/** For somebody who has no account any more. */
export const goodbyeLetter = ({ product, sentAtSeconds }: NoticeLetter): Letter => ({
  subject: `${product}: your account was deleted`,
  ...layOut(product, [
    `Your account at ${product} was deleted, with its sessions and codes. This is our last letter about it, and with it we forget this address.`,
    `If you did not expect this, tell the people who run ${product}.`,
    `Sent on ${shownTime(sentAtSeconds)}.`,
  ]),
});
