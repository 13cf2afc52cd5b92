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

// Counts addresses with different `+tag`s as one mailbox. Reset letters are counted separately
// (`pseudonyms.ofResetMailbox`), so repeated registrations can't block the owner's password reset.
const lettersTo = (mailboxKey: string): Limit => ({
  key: lettersKey(mailboxKey),
  rules: letterRules(),
  refusal: "too_many_letters",
});

export const addressChangesKey = (userId: string): string => `address-changes#${userId}`;

/** Without this limit, one account could send letters to many mailboxes. */
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

/** Staff have no limit by network, because they may help many people from one office. */
export const unprovenLetterByStaff = (mailboxKey: string): Limit[] => [lettersTo(mailboxKey), letterBudget()];

/** Limits letters to an address that may not belong to the person who asks for them. */
export const unprovenLetter = (mailboxKey: string, networkKey: string): Limit[] => [
  lettersTo(mailboxKey),
  lettersFrom(networkKey),
  letterBudget(),
];
