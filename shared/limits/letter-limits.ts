/**
 * How many letters may be asked for that no password of an account has proven. All of these limits
 * are settings.
 */
import { hour, minute } from "../platform/clock.ts";
import { environment, variable } from "../platform/environment.ts";
import type { Limit, Rule } from "./limit-store.ts";

const letterRules = (): Rule[] => {
  const settings = environment("UNPROVEN_LETTERS_PER_TEN_MINUTES", "UNPROVEN_LETTERS_PER_HOUR");
  return [
    { maximum: settings.UNPROVEN_LETTERS_PER_TEN_MINUTES, windowSeconds: 10 * minute },
    { maximum: settings.UNPROVEN_LETTERS_PER_HOUR, windowSeconds: hour },
  ];
};

export const lettersKey = (mailboxKey: string): string => `letters#${mailboxKey}`;

/**
 * Letters to one mailbox that no password of an account has proven, whatever `+tag` stands in its
 * address. Those to lost passwords are counted apart (`pseudonyms.ofResetMailbox`): whoever
 * registers an address again and again must not keep its owner from the one way back in that nobody
 * can use up.
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
