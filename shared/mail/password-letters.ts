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
    "Never give this code to anyone. If you did not request it, ignore this email: your password has not changed.",
  );

export const passwordChangedLetter =
  (byReset: boolean) =>
  ({ product, sentAtSeconds }: NoticeLetter): Letter => ({
    subject: `${product}: your password was changed`,
    ...layOut(product, [
      byReset
        ? `The password of your account at ${product} was reset, using a code that we sent to this address. All sessions were ended: sign in with the new password.`
        : `The password of your account at ${product} was changed by someone who was signed in and knew the old one. All other sessions were ended.`,
      byReset
        ? `If it was not you, someone else can read your email: secure this mailbox first, then request a password reset again.`
        : `If it was not you, request a password reset now: it ends all sessions and gives you back control of your account.`,
      `Sent on ${shownTime(sentAtSeconds)}.`,
    ]),
  });

export const goodbyeLetter = ({ product, sentAtSeconds }: NoticeLetter): Letter => ({
  subject: `${product}: your account was deleted`,
  ...layOut(product, [
    `Your account at ${product} was deleted, together with its sessions and codes. This is our last email about it: we delete this address from our records.`,
    `If you did not expect this, contact the people who run ${product}.`,
    `Sent on ${shownTime(sentAtSeconds)}.`,
  ]),
});
