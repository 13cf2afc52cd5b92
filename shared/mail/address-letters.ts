import {
  codeLetter,
  layOut,
  shownTime,
  type CodeLetter,
  type Letter,
  type NoticeLetter,
} from "./letter-layout.ts";

export const newAddressLetter = (letter: CodeLetter): Letter =>
  codeLetter(
    letter,
    "email address change",
    "The code makes this the email address of an account. If you did not expect it, ignore this email: nothing happens without the code.",
  );

/** Goes to the old address, before the new one gets its code. */
export const addressChangingLetter = ({ product, code, sentAtSeconds }: CodeLetter): Letter => ({
  subject: `${product}: your email address is about to change`,
  ...layOut(
    product,
    [
      `Someone, perhaps you, asked to change the email address of your account at ${product}. If it was you, you don't need to do anything. If it was not you, undo the change with this code:`,
      `Enter the code together with this email address. It works for seven days, even after the new address has replaced this one, and it ends all sessions. Then set a new password, because someone else may know the current one.`,
      `Sent on ${shownTime(sentAtSeconds)}. Only the code in the newest email of this kind works.`,
    ],
    code,
  ),
});

/** While an earlier change can still be undone, only administrators can request another one. */
export const addressChangingAgainLetter = ({ product, sentAtSeconds }: NoticeLetter): Letter => ({
  subject: `${product}: your email address is about to change again`,
  ...layOut(product, [
    `An administrator of ${product} asked to change the email address of your account again, a few days after the last change. If you asked the administrator for this, you don't need to do anything.`,
    `If you did not, use the code in the email that we sent to your previous address. It undoes both changes, works until seven days after the first one, and ends all sessions. Then set a new password, because someone else may know the current one.`,
    `Sent on ${shownTime(sentAtSeconds)}.`,
  ]),
});

/** Goes to the owner of an account that already has the new address. */
export const addressWantedLetter = ({ product, sentAtSeconds }: NoticeLetter): Letter => ({
  subject: `${product}: this address already has an account`,
  ...layOut(product, [
    `Someone, perhaps you, asked to use this email address for another account at ${product}, but it already has an account.`,
    `Nothing has changed. If it was you: an email address can belong to only one account. Sign in to the account that has this address, or delete that account first. If it was not you, ignore this email.`,
    `Sent on ${shownTime(sentAtSeconds)}.`,
  ]),
});

/** Goes to a held address that someone wants to use for an account. */
export const addressHeldLetter =
  (untilSeconds: number) =>
  ({ product, sentAtSeconds }: NoticeLetter): Letter => ({
    subject: `${product}: this address is reserved for an account`,
    ...layOut(product, [
      `Someone, perhaps you, wants to use this email address at ${product}. It belonged to an account until recently, and it is reserved for that account until ${shownTime(untilSeconds)}.`,
      `If you did not change the email address of that account, undo the change with the code in our earlier email to this address. The code also ends all sessions. Then set a new password, because someone else may know the current one.`,
      `If you changed it yourself, you can use this address for another account after that time.`,
      `Sent on ${shownTime(sentAtSeconds)}.`,
    ]),
  });

export const addressRestoredLetter = ({ product, sentAtSeconds }: NoticeLetter): Letter => ({
  subject: `${product}: this is your address again`,
  ...layOut(product, [
    `The change of the email address of your account at ${product} was undone. Your account has this address again, and all sessions were ended.`,
    `If someone else asked for the change, they may know your password: set a new one.`,
    `Sent on ${shownTime(sentAtSeconds)}.`,
  ]),
});

/** Goes to the address that the account lost when the change was undone. */
export const addressGivenBackLetter = ({ product, sentAtSeconds }: NoticeLetter): Letter => ({
  subject: `${product}: your account has its earlier address again`,
  ...layOut(product, [
    `This email address no longer belongs to an account at ${product}. The change to this address was undone with the code that we sent to the account's earlier address. The account has its earlier address again, and all sessions were ended.`,
    `If this is your account and you did not undo the change, someone else may be able to read the email sent to your earlier address. Secure that mailbox first. Then request a password reset for that address, or contact the people who run ${product}.`,
    `Sent on ${shownTime(sentAtSeconds)}. This is our last email to this address: we delete it from our records.`,
  ]),
});

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
