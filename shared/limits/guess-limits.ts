import { day, hour, minute } from "../platform/clock.ts";
import { variable } from "../platform/environment.ts";
import type { Limit, Rule } from "./limit-store.ts";

/** The subject of all known devices of an address. */
export const devicesSubject = (addressKey: string): string => `devices#${addressKey}`;

// Five guesses in each of 288 windows would be 1,440 a day for one of a million codes, so the day
// is limited too. NIST SP 800-63B 3.2.2 allows at most 100 consecutive failures.
const codeGuessRules: readonly Rule[] = [
  { maximum: 5, windowSeconds: 5 * minute },
  { maximum: 20, windowSeconds: day },
  { maximum: 100, refusal: "code_guesses_used_up" },
];

// Consecutive failures aren't limited here, because a stranger could then block the password
// permanently.
const wrongPasswordRules: readonly Rule[] = [
  { maximum: 10, windowSeconds: 10 * minute },
  { maximum: 100, windowSeconds: day },
];
const rightPasswordRules: readonly Rule[] = [{ maximum: 20, windowSeconds: hour }];

/** `subject` is an address key or the subject of its known devices. */
export const codeGuess = (purpose: "activation" | "login", subject: string): Limit => ({
  key: `${purpose}#${subject}`,
  rules: codeGuessRules,
  refusal: "too_many_code_guesses",
});

const passwordLimit = (rules: readonly Rule[], subject: string): Limit => ({
  key: `password#${subject}`,
  rules,
  refusal: "too_many_password_guesses",
});

/** Counts a guess as both right and wrong. After the check, the caller gives one of them back. */
export const passwordGuess = (subject: string): Limit =>
  passwordLimit([...wrongPasswordRules, ...rightPasswordRules], subject);
export const wrongPassword = (subject: string): Limit => passwordLimit(wrongPasswordRules, subject);
export const rightPassword = (subject: string): Limit => passwordLimit(rightPasswordRules, subject);

/** Without this limit, a stolen access token would allow unlimited guesses of the password. */
export const currentPasswordGuess = (userId: string): Limit => ({
  key: `current-password#${userId}`,
  rules: wrongPasswordRules,
  refusal: "too_many_password_guesses",
});

const guessKeysOf = (subject: string): string[] => [
  codeGuess("activation", subject).key,
  codeGuess("login", subject).key,
  passwordGuess(subject).key,
];

/** A new device generation clears none of them: with a stolen session, it can be begun at will. */
export const guessKeys = (addressKey: string, userId: string): string[] => [
  ...[addressKey, devicesSubject(addressKey)].flatMap(guessKeysOf),
  currentPasswordGuess(userId).key,
];

/** Known devices are exempt (see `guess-subject.ts`). */
export const guessesFrom = (networkKey: string): Limit => ({
  key: `tries#${networkKey}`,
  rules: [
    {
      maximum: variable("TRIES_PER_NETWORK_PER_TEN_MINUTES"),
      windowSeconds: 10 * minute,
    },
  ],
  refusal: "too_many_tries_from_network",
});
