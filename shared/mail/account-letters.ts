/** What the letters about an account, its sign-ins and its sessions say. */
import {
  codeLetter,
  layOut,
  shownTime,
  type CodeLetter,
  type Letter,
  type NoticeLetter,
} from "./letter-layout.ts";

export const activationLetter = (letter: CodeLetter): Letter =>
  codeLetter(
    letter,
    "activation",
    "If you did not register, ignore this letter: without the code nothing comes of it.",
  );

export const loginLetter = (letter: CodeLetter): Letter =>
  codeLetter(
    letter,
    "sign-in",
    "Never give this code to anybody. If you did not ask for it, somebody knows your password: change it.",
  );

/** For the owner of an address that somebody registered with again. */
export const addressTakenLetter = (letter: NoticeLetter): Letter => ({
  subject: `${letter.product}: you already have an account`,
  ...layOut(letter.product, [
    `Somebody, perhaps you, registered at ${letter.product} with this address, which already has an account.`,
    `If it was you: there is no need to register again, sign in with your password. If it was not, ignore this letter: your account has not changed.`,
    `Sent on ${shownTime(letter.sentAtSeconds)}.`,
  ]),
});

/**
 * For the owner of a session that ended because a refresh token came back that had been replaced.
 */
export const sessionReplayedLetter = (letter: NoticeLetter): Letter => ({
  subject: `${letter.product}: one of your sessions was ended`,
  ...layOut(letter.product, [
    `A sign-in token of yours at ${letter.product} was used a second time, as happens when it has been copied. We ended that session; sign in again to go on.`,
    `If you did nothing unusual, change your password, and look after the device you were signed in on.`,
    `Sent on ${shownTime(letter.sentAtSeconds)}.`,
  ]),
});

/** For somebody who was made staff, or is no more. */
export const rankLetter =
  (isStaff: boolean) =>
  (letter: NoticeLetter): Letter => ({
    subject: `${letter.product}: you are ${isStaff ? "now" : "no longer"} an administrator`,
    ...layOut(letter.product, [
      isStaff
        ? `An administrator of ${letter.product} has made you an administrator too. Your sessions were ended; sign in again.`
        : `An administrator of ${letter.product} has taken the rank of administrator from you. Your sessions were ended; your account stays.`,
      `If you did not expect this, tell the people who run ${letter.product}.`,
      `Sent on ${shownTime(letter.sentAtSeconds)}.`,
    ]),
  });
