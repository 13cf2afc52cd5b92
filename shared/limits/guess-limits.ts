/**
 * How often passwords and codes may be guessed, and the refusal that names the limit. These limits
 * are the same everywhere; only the one by network is a setting.
 */
import { day, hour, minute } from "../platform/clock.ts";
import { variable } from "../platform/environment.ts";
import type { Limit, Rule } from "./limit-store.ts";

/** A known device's own counters, apart from those of the address (OWASP's device cookies). */
export const deviceSubject = (deviceId: string): string => `device#${deviceId}`;

/**
 * Guessing one of a million codes: 5 × 288 windows are capped by the day, the days by the row (NIST
 * SP 800-63B 3.2.2).
 */
const codeGuessRules: readonly Rule[] = [
  { maximum: 5, windowSeconds: 5 * minute },
  { maximum: 20, windowSeconds: day },
  { maximum: 100, refusal: "code_guesses_used_up" },
];

/** No row here: a password can't be locked for ever by somebody who keeps guessing. */
const wrongPasswordRules: readonly Rule[] = [
  { maximum: 10, windowSeconds: 10 * minute },
  { maximum: 100, windowSeconds: day },
];
const rightPasswordRules: readonly Rule[] = [{ maximum: 20, windowSeconds: hour }];

/** `subject`: the key of the address, or a known device's. */
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

/**
 * One try of a password before anybody knows whether it is right: counted as both, and taken back
 * as what it was not.
 */
export const passwordGuess = (subject: string): Limit =>
  passwordLimit([...wrongPasswordRules, ...rightPasswordRules], subject);
export const wrongPassword = (subject: string): Limit => passwordLimit(wrongPasswordRules, subject);
export const rightPassword = (subject: string): Limit => passwordLimit(rightPasswordRules, subject);

/**
 * The password asked again of somebody who is signed in: a stolen access token must be no oracle
 * for it.
 */
export const currentPasswordGuess = (userId: string): Limit => ({
  key: `current-password#${userId}`,
  rules: wrongPasswordRules,
  refusal: "too_many_password_guesses",
});

/** The keys of every guess that is counted against an address and its account. */
export const guessKeys = (addressKey: string, userId: string): string[] => [
  codeGuess("activation", addressKey).key,
  codeGuess("login", addressKey).key,
  passwordGuess(addressKey).key,
  currentPasswordGuess(userId).key,
];

/**
 * Passwords and codes tried from one network, whoever they were for. Known devices are not asked.
 */
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
