import {
  codeLetter,
  layOut,
  shownTime,
  type CodeLetter,
  type Letter,
  type NoticeLetter,
} from "./letter-layout.ts";

const notRegistered = "If you did not register, ignore this email: nothing happens without the code.";

// The owner of the mailbox may not be the person who registered last. A client that sends the
// password along with the code isn't affected.
const registeredTwice =
  'This address was registered more than once, with different data. If you activate it without sending a password and names along, the account gets none of them: set the password by requesting a password reset ("lost password").';

export const activationLetter = (
  letter: CodeLetter,
  { replaced = false }: { replaced?: boolean | undefined },
): Letter =>
  codeLetter(letter, "activation", ...(replaced ? [registeredTwice, notRegistered] : [notRegistered]));

export const loginLetter = (letter: CodeLetter): Letter =>
  codeLetter(
    letter,
    "sign-in",
    "Never give this code to anyone. If you did not try to sign in, someone else knows your password: change it now.",
  );

/** Goes to the owner of an address that someone used for another registration. */
export const addressTakenLetter = (letter: NoticeLetter): Letter => ({
  subject: `${letter.product}: you already have an account`,
  ...layOut(letter.product, [
    `Someone, perhaps you, tried to register at ${letter.product} with this email address, which already has an account.`,
    `If it was you, you don't need to register again: sign in with your password, or request a password reset if you have forgotten it. If it was not you, ignore this email: your account has not changed.`,
    `Sent on ${shownTime(letter.sentAtSeconds)}.`,
  ]),
});

/** Goes to the owner of a session that ended because a replaced refresh token was used again. */
export const sessionReplayedLetter = (letter: NoticeLetter): Letter => ({
  subject: `${letter.product}: one of your sessions was ended`,
  ...layOut(letter.product, [
    `Someone may have copied the data that keeps you signed in at ${letter.product} on one of your devices, so we ended that session. Sign in again to continue.`,
    `Unless you restored a backup or copied your browser's data, change your password, and check that device for malicious software.`,
    `Sent on ${shownTime(letter.sentAtSeconds)}.`,
  ]),
});

export const rankLetter =
  (isStaff: boolean) =>
  (letter: NoticeLetter): Letter => ({
    subject: `${letter.product}: you are ${isStaff ? "now" : "no longer"} an administrator`,
    ...layOut(letter.product, [
      isStaff
        ? `An administrator of ${letter.product} has made you an administrator too. All your sessions were ended: sign in again.`
        : `An administrator of ${letter.product} has removed your administrator rights. All your sessions were ended, but you keep your account: sign in again to use it.`,
      `If you did not expect this, contact the people who run ${letter.product}.`,
      `Sent on ${shownTime(letter.sentAtSeconds)}.`,
    ]),
  });
