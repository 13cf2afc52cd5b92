// Callers are told about limits by network and in total, but not about a mailbox's, which would
// reveal what others requested. Beyond it, one letter may leave in each lifetime of a code, so that
// the owner always has a code or can get one.
import { day, hour, minute } from "../platform/clock.ts";
import { environment, variable } from "../platform/environment.ts";
import type { Limit, Rule } from "./counters.ts";
import { requireWithin, type LimitStore } from "./limit-store.ts";

const mailboxRules = (): Rule[] => {
  const settings = environment("UNPROVEN_LETTERS_PER_TEN_MINUTES", "UNPROVEN_LETTERS_PER_HOUR");
  return [
    { maximum: settings.UNPROVEN_LETTERS_PER_TEN_MINUTES, windowSeconds: 10 * minute },
    { maximum: settings.UNPROVEN_LETTERS_PER_HOUR, windowSeconds: hour },
  ];
};

/** Counts passwords, codes and letters of sign-ins together, because each success changes two. */
export const signInItem = (subject: string) => ({ key: `login#${subject}`, keptSeconds: day });

// Each purpose has its own count, so that letters of one kind can't use up those of another.
export const lettersKey = {
  registration: (mailboxKey: string): string => `letters#${mailboxKey}`,
  /** Counts the exact address, so that other spellings of the mailbox can't use up its resets. */
  reset: (addressKey: string): string => `letters-reset#${addressKey}`,
  /** Resets of registrations with other spellings of the mailbox, which anyone can make up. */
  registrationReset: (mailboxKey: string): string => `letters-reset-registration#${mailboxKey}`,
  addressChange: (mailboxKey: string): string => `letters-change#${mailboxKey}`,
  staffChange: (mailboxKey: string): string => `letters-staff-change#${mailboxKey}`,
  invitation: (mailboxKey: string): string => `letters-invitation#${mailboxKey}`,
  signIn: (subject: string): string => signInItem(subject).key,
};

const lettersTo = (key: string): Limit => ({
  key,
  rules: mailboxRules(),
  refusal: "too_many_letters",
});

const alwaysOneCode = (limit: Limit): Limit => ({
  ...limit,
  allowedAgainAfterSeconds: variable("OTP_LIFETIME_SECONDS"),
});

export const registrationLettersTo = (mailboxKey: string): Limit =>
  alwaysOneCode(lettersTo(lettersKey.registration(mailboxKey)));

export const resetLettersTo = (addressKey: string): Limit =>
  alwaysOneCode(lettersTo(lettersKey.reset(addressKey)));

/** Several spellings may reach their own limits, so that one can't use up the resets of another. */
const spellingsAtOnce = 3;
export const registrationResetLettersTo = (mailboxKey: string): Limit => {
  const limit = lettersTo(lettersKey.registrationReset(mailboxKey));
  const rules = limit.rules.map((rule) => ({ ...rule, maximum: spellingsAtOnce * rule.maximum }));
  return alwaysOneCode({ ...limit, rules });
};

export const addressChangeLettersTo = (mailboxKey: string): Limit =>
  lettersTo(lettersKey.addressChange(mailboxKey));

/** Apart, so that no user can keep administrators from helping another one. */
export const staffChangeLettersTo = (mailboxKey: string): Limit =>
  lettersTo(lettersKey.staffChange(mailboxKey));

export const invitationLettersTo = (mailboxKey: string): Limit =>
  lettersTo(lettersKey.invitation(mailboxKey));

export const signInLetterRules: readonly Rule[] = [{ maximum: 20, windowSeconds: hour }];

/** Only someone who knows the password counts here, and a sign-in takes its letter back. */
export const signInLettersFor = (subject: string): Limit =>
  alwaysOneCode({ ...signInItem(subject), rules: signInLetterRules, refusal: "too_many_letters" });

export const addressChangesKey = (userId: string): string => `address-changes#${userId}`;

/** Without this limit, one account could send letters to many mailboxes. */
export const addressChangesOf = (userId: string): Limit => ({
  key: addressChangesKey(userId),
  rules: mailboxRules(),
  refusal: "too_many_address_changes",
});

type Purpose = "registration" | "reset" | "addressChange";

const networkKeys: Record<Purpose, (networkKey: string) => string> = {
  registration: (networkKey) => `letters-from#${networkKey}`,
  reset: (networkKey) => `letters-reset-from#${networkKey}`,
  addressChange: (networkKey) => `letters-change-from#${networkKey}`,
};

export const lettersFromKey = (purpose: Purpose, networkKey: string): string =>
  networkKeys[purpose](networkKey);

/** Counted when letters come back. */
export const bouncesOfNetwork = { name: "bounces", windowSeconds: day } as const;

export const lettersFrom = (purpose: Purpose, networkKey: string): Limit => ({
  key: lettersFromKey(purpose, networkKey),
  rules: [{ maximum: variable("UNPROVEN_LETTERS_PER_NETWORK_PER_HOUR"), windowSeconds: hour }],
  refusal: "too_many_letters_from_network",
});

const registrationsFrom = (networkKey: string): Limit => {
  const { rules, ...limit } = lettersFrom("registration", networkKey);
  const maximum = variable("UNPROVEN_BOUNCES_PER_NETWORK_PER_DAY");
  return { ...limit, rules: [...rules, { ...bouncesOfNetwork, maximum, onlyChecked: true }] };
};

export const registrationBudgetKey = "letters-of-all";

/** Resets aren't counted: a flood of them must not stop registrations, or the other way round. */
export const registrationBudget = (): Limit => ({
  key: registrationBudgetKey,
  rules: [{ maximum: variable("UNPROVEN_LETTERS_OF_ALL_PER_HOUR"), windowSeconds: hour }],
  refusal: "letter_budget_spent",
  whenStopped: "refusal",
});

export type Letter = { told: readonly Limit[]; mailbox: Limit };

export const registrationLetter = (mailboxKey: string, networkKey: string): Letter => ({
  told: [registrationsFrom(networkKey), registrationBudget()],
  mailbox: registrationLettersTo(mailboxKey),
});

// The network's attempt stays counted, because it costs a hash even if no letter leaves.
export const giveBackBudget = async (
  { told }: Letter,
  limits: Pick<LimitStore, "giveBack">,
): Promise<void> => {
  const budgets = told.filter(({ refusal }) => refusal === "letter_budget_spent");
  await Promise.all(budgets.map((limit) => limits.giveBack(limit)));
};

export const giveBackLetter = async (letter: Letter, limits: Pick<LimitStore, "giveBack">): Promise<void> => {
  await Promise.all([giveBackBudget(letter, limits), limits.giveBack(letter.mailbox)]);
};

type LetterLimits = Pick<LimitStore, "spend" | "spendAll" | "giveBack">;

/**
 * `covered` means that no letter may leave: enough have left for this mailbox, and the code in the
 * newest one is still valid. Must come after the limits that callers are told about, so that those
 * whom they refuse can't hold the owner's one letter even for a moment.
 */
export const spendMailbox = async (letter: Letter, limits: LetterLimits): Promise<"allowed" | "covered"> => {
  if ((await limits.spend(letter.mailbox)).outcome === "allowed") return "allowed";
  await giveBackBudget(letter, limits);
  return "covered";
};

/** Throws the refusal of a limit that callers are told about. */
export const spendLetter = async (
  letter: Letter,
  limits: LetterLimits,
  about: { userId?: string } = {},
): Promise<"allowed" | "covered"> => {
  requireWithin(await limits.spendAll(letter.told), about);
  return spendMailbox(letter, limits);
};
