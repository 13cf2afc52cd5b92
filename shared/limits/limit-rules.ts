/**
 * What is limited, by how much, and the refusal that names the limit. Guesses have the same limits everywhere; those on
 * letters and on networks are settings.
 */
import { environment, variable } from "../platform/environment.ts";
import type { Limit, Rule } from "./limit-store.ts";

const minute = 60;
const hour = 60 * minute;
const day = 24 * hour;

/** A known device's own counters, apart from those of the address (OWASP's device cookies). */
export const deviceSubject = (deviceId: string): string => `device#${deviceId}`;

/** Guessing one of a million codes: 5 × 288 windows are capped by the day, the days by the row (NIST SP 800-63B 3.2.2). */
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

/** `bearer`: the key of the address, or a known device's. */
export const codeGuess = (purpose: "activation" | "login", bearer: string): Limit => ({
  key: `${purpose}#${bearer}`,
  rules: codeGuessRules,
  refusal: "too_many_code_guesses",
});

const passwordLimit = (rules: readonly Rule[], bearer: string): Limit => ({
  key: `password#${bearer}`,
  rules,
  refusal: "too_many_password_guesses",
});

/** One try of a password before anybody knows whether it is right: counted as both, and taken back as what it was not. */
export const passwordGuess = (bearer: string): Limit =>
  passwordLimit([...wrongPasswordRules, ...rightPasswordRules], bearer);
export const wrongPassword = (bearer: string): Limit => passwordLimit(wrongPasswordRules, bearer);
export const rightPassword = (bearer: string): Limit => passwordLimit(rightPasswordRules, bearer);

/** The password asked again of somebody who is signed in: a stolen access token must be no oracle for it. */
export const currentPasswordGuess = (userId: string): Limit => ({
  key: `current-password#${userId}`,
  rules: wrongPasswordRules,
  refusal: "too_many_password_guesses",
});

/** The keys of every guess that is counted against an address. */
export const guessKeys = (addressKey: string): string[] => [
  codeGuess("activation", addressKey).key,
  codeGuess("login", addressKey).key,
  passwordGuess(addressKey).key,
];

/** Passwords and codes tried from one network, whoever they were for. Known devices are not asked. */
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

const letterRules = (): Rule[] => {
  const settings = environment("UNPROVEN_LETTERS_PER_TEN_MINUTES", "UNPROVEN_LETTERS_PER_HOUR");
  return [
    { maximum: settings.UNPROVEN_LETTERS_PER_TEN_MINUTES, windowSeconds: 10 * minute },
    { maximum: settings.UNPROVEN_LETTERS_PER_HOUR, windowSeconds: hour },
  ];
};

export const lettersKey = (mailboxKey: string): string => `letters#${mailboxKey}`;

/**
 * Letters to one mailbox that no password of an account has proven, whatever `+tag` stands in its address. Those to lost
 * passwords are counted apart (`resetMailboxKey`): whoever registers an address again and again must not keep its owner from
 * the one way back in that nobody can use up.
 */
const lettersTo = (mailboxKey: string): Limit => ({
  key: lettersKey(mailboxKey),
  rules: letterRules(),
  refusal: "too_many_letters",
});

export const addressChangesKey = (userId: string): string => `address-changes#${userId}`;

/** Changes of address that one account asks for: it is no way to write to many mailboxes. */
export const addressChangesOf = (userId: string): Limit => ({
  key: addressChangesKey(userId),
  rules: letterRules(),
  refusal: "too_many_address_changes",
});

const lettersFrom = (networkKey: string): Limit => ({
  key: `letters-from#${networkKey}`,
  rules: [
    {
      maximum: variable("UNPROVEN_LETTERS_PER_NETWORK_PER_HOUR"),
      windowSeconds: hour,
    },
  ],
  refusal: "too_many_letters_from_network",
});

const letterBudget = (): Limit => ({
  key: "letters-of-all",
  rules: [
    {
      maximum: variable("UNPROVEN_LETTERS_OF_ALL_PER_HOUR"),
      windowSeconds: hour,
    },
  ],
  refusal: "letter_budget_spent",
});

/** The same asked for by somebody of the staff, who may help many people from one desk. */
export const unprovenLetterByStaff = (mailboxKey: string): Limit[] => [lettersTo(mailboxKey), letterBudget()];

/** A letter that no password of an account has proven: somebody else's mailbox must not be flooded through us. */
export const unprovenLetter = (mailboxKey: string, networkKey: string): Limit[] => [
  lettersTo(mailboxKey),
  lettersFrom(networkKey),
  letterBudget(),
];
