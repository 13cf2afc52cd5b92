import { layOut, shownTime, type Letter, type NoticeLetter } from "./letter-layout.ts";

/** Goes to the mailbox that is said to be lost. Its holder may be a thief, so it has no code. */
export const mailboxLostLetter =
  (dueAt: number) =>
  ({ product, sentAtSeconds }: NoticeLetter): Letter => ({
    subject: `${product}: your account is frozen and will get another email address`,
    ...layOut(product, [
      `Someone told the people who run ${product} that you can no longer read the mailbox of your account, or that someone else can read it. An administrator or operator started to move the account to another email address.`,
      `Until then the account is frozen: all sessions were ended, and no one can sign in or reset the password. The new address can replace the current one from ${shownTime(dueAt)} on, or earlier if a second administrator confirms the change.`,
      `If you did not ask for this, contact the people who run ${product} before that time: they can cancel the change.`,
      `Sent on ${shownTime(sentAtSeconds)}.`,
    ]),
  });

export const newMailboxLetter =
  (dueAt: number) =>
  ({ product, sentAtSeconds }: NoticeLetter): Letter => ({
    subject: `${product}: an account will move to this address`,
    ...layOut(product, [
      `An administrator of ${product} entered this email address as the new address of an account whose owner has lost their old mailbox.`,
      `We will send a code to this address on ${shownTime(dueAt)}, or earlier if a second administrator confirms the change. The code makes this the address of the account. Until then, no one can sign in to the account.`,
      `If you did not expect this, ignore this email: nothing happens without the code.`,
      `Sent on ${shownTime(sentAtSeconds)}.`,
    ]),
  });

export const moveCancelledLetter = ({ product, sentAtSeconds }: NoticeLetter): Letter => ({
  subject: `${product}: your account keeps its email address`,
  ...layOut(product, [
    `The change of the email address of your account at ${product} was cancelled, and the account is no longer frozen. Sign in again with your password.`,
    `If someone else may know your password, set a new one.`,
    `Sent on ${shownTime(sentAtSeconds)}.`,
  ]),
});
