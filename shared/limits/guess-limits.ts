import { day, hour, minute } from "../platform/clock.ts";
import { variable } from "../platform/environment.ts";
import type { Limit, Rule } from "./counters.ts";
import { lettersKey, signInItem } from "./letter-limits.ts";
import type { LimitStore } from "./limit-store.ts";

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
const wrongPasswordRules = (name?: "passwords"): readonly Rule[] => [
  { maximum: 10, windowSeconds: 10 * minute },
  { maximum: 100, windowSeconds: day, ...(name && { name }) },
];

export const codeGuess = (purpose: "activation" | "login", subject: string): Limit => ({
  ...(purpose === "login" ? signInItem(subject) : { key: `activation#${subject}` }),
  rules: codeGuessRules,
  refusal: "too_many_code_guesses",
});

export const wrongPassword = (subject: string): Limit => ({
  ...signInItem(subject),
  rules: wrongPasswordRules("passwords"),
  refusal: "too_many_password_guesses",
});

/** Without this limit, a stolen access token would allow unlimited guesses of the password. */
export const currentPasswordGuess = (userId: string): Limit => ({
  key: `current-password#${userId}`,
  rules: wrongPasswordRules(),
  refusal: "too_many_password_guesses",
});

const codeGuesses = (subject: string): Limit[] => [
  codeGuess("activation", subject),
  codeGuess("login", subject),
];

const guessKeysOf = (subject: string): string[] => codeGuesses(subject).map(({ key }) => key);

/** A new device generation clears none of them: with a stolen session, it can be begun at will. */
export const guessKeys = (addressKey: string, userId: string): string[] => [
  ...[addressKey, devicesSubject(addressKey)].flatMap(guessKeysOf),
  currentPasswordGuess(userId).key,
];

/** For acts that revoke codes: their owner can ask for others, even beyond the limits. */
export const allowNewCodes = async (
  addressKey: string,
  limits: Pick<LimitStore, "allowAgain">,
): Promise<void> => {
  const { reset, signIn } = lettersKey;
  const keys = [reset(addressKey), signIn(addressKey), signIn(devicesSubject(addressKey))];
  await Promise.all(keys.map((key) => limits.allowAgain(key)));
};

// Not a part of the reset's transaction: strangers who count under the same limits could make it
// fail.
export const liftAfterReset = async (
  addressKey: string,
  limits: Pick<LimitStore, "endRow" | "allowAgain" | "clear">,
): Promise<void> => {
  await Promise.all([
    limits.allowAgain(lettersKey.reset(addressKey)),
    ...codeGuesses(addressKey).map((guess) => limits.endRow(guess)),
    // Only holders of a device token count here, and the reset has ended all tokens.
    ...guessKeysOf(devicesSubject(addressKey)).map((key) => limits.clear(key)),
  ]);
};

/** Each change sends a letter, and a limit never stops the letter of a change that happened. */
export const passwordChangesOf = (userId: string): Limit => ({
  key: `password-changes#${userId}`,
  rules: [
    { maximum: 5, windowSeconds: hour },
    { maximum: 20, windowSeconds: day },
  ],
  refusal: "too_many_password_changes",
});

/** Without this limit, one account could find out which usernames exist. */
export const usernameChangesOf = (userId: string): Limit => ({
  key: `username-changes#${userId}`,
  rules: [
    { maximum: 10, windowSeconds: hour },
    { maximum: 30, windowSeconds: day },
  ],
  refusal: "too_many_username_changes",
});

export const triesKey = (networkKey: string): string => `tries#${networkKey}`;

/** Known devices are exempt (see `guess-subject.ts`). */
export const guessesFrom = (networkKey: string): Limit => ({
  key: triesKey(networkKey),
  rules: [
    {
      maximum: variable("TRIES_PER_NETWORK_PER_TEN_MINUTES"),
      windowSeconds: 10 * minute,
    },
  ],
  refusal: "too_many_tries_from_network",
});
