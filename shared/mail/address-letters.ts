/** What the letters about a change of address say. */
import {
  codeLetter,
  layOut,
  shownTime,
  type CodeLetter,
  type Letter,
  type NoticeLetter,
} from "./letter-layout.ts";

/** To the new address. */
export const newAddressLetter = (letter: CodeLetter): Letter =>
  codeLetter(
    letter,
    "change of address",
    "It makes this the address of an account. If you know nothing of that, ignore this letter: without the code nothing comes of it.",
  );

/** To the old one, before the new one hears anything. */
export const addressChangingLetter = ({ product, code, sentAtSeconds }: CodeLetter): Letter => ({
  subject: `${product}: your address is about to change`,
  ...layOut(
    product,
    [
      `Somebody, perhaps you, wants to give your account at ${product} another address. If it was you, there is nothing to do. If it was not, this code undoes it:`,
      `It works before and after the new address takes over, up to seven days, together with this address, and ends all sessions. Then set a new password: somebody else may know it.`,
      `Sent on ${shownTime(sentAtSeconds)}. Only the code of the newest such letter works.`,
    ],
    code,
  ),
});

/** The same, while an earlier change can still be undone: only staff may ask for it then. */
export const addressChangingAgainLetter = ({ product, sentAtSeconds }: NoticeLetter): Letter => ({
  subject: `${product}: your address is about to change again`,
  ...layOut(product, [
    `An administrator of ${product} wants to give your account another address, a few days after the last change. If you asked for that, there is nothing to do.`,
    `If you did not: the code in the letter that the address before this one got undoes both changes, within seven days of the first, and ends all sessions. Then set a new password: somebody else may know it.`,
    `Sent on ${shownTime(sentAtSeconds)}.`,
  ]),
});

/** To the owner of an account that has the new address already. */
export const addressWantedLetter = ({ product, sentAtSeconds }: NoticeLetter): Letter => ({
  subject: `${product}: this address already has an account`,
  ...layOut(product, [
    `Somebody, perhaps you, wanted to give another account at ${product} this address, which already has an account.`,
    `Nothing has changed. If it was you: one address is good for one account; sign in to the one it has, or delete that one first. If it was not, ignore this letter.`,
    `Sent on ${shownTime(sentAtSeconds)}.`,
  ]),
});

/** To an address that somebody wants to have for an account, while another account can still go back to it. */
export const addressHeldLetter =
  (untilSeconds: number) =>
  ({ product, sentAtSeconds }: NoticeLetter): Letter => ({
    subject: `${product}: this address is kept for an account`,
    ...layOut(product, [
      `Somebody, perhaps you, wants to use this address at ${product}. It belonged to an account until lately, and is kept for that account until ${shownTime(untilSeconds)}.`,
      `If it was not you who gave that account another address: the code in our earlier letter to this address undoes it, and ends all sessions. Then set a new password: somebody else may know it.`,
      `If it was you: from then on this address is free for another account.`,
      `Sent on ${shownTime(sentAtSeconds)}.`,
    ]),
  });

/** To the restored address. */
export const addressRestoredLetter = ({ product, sentAtSeconds }: NoticeLetter): Letter => ({
  subject: `${product}: this is your address again`,
  ...layOut(product, [
    `The change of address of your account at ${product} was undone, and all sessions were ended.`,
    `If somebody else asked for the change, that person may know your password: set a new one.`,
    `Sent on ${shownTime(sentAtSeconds)}.`,
  ]),
});

/** To the address that the account had until then. */
export const addressGivenBackLetter = ({ product, sentAtSeconds }: NoticeLetter): Letter => ({
  subject: `${product}: your account has its earlier address again`,
  ...layOut(product, [
    `The change that gave an account at ${product} this address was undone, with the code in our letter to the address that it had before. It has that one again, and all sessions were ended.`,
    `If the account is yours and you did not do this, somebody else may read the letters to your earlier address: secure that mailbox first, then ask there for a password reset, or tell the people who run ${product}.`,
    `Sent on ${shownTime(sentAtSeconds)}. With this letter we forget this address.`,
  ]),
});
