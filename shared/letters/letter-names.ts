// What each letter may say. It says each of its placeholders somewhere, so that no owner's edit
// loses the code or the time.
const notice = ["time"] as const;
const withTerm = ["time", "until"] as const;
const withDuration = ["time", "duration"] as const;
const withCode = ["time", "code", "duration"] as const;

/** The names are also the kinds of letters that SES reports with a bounce. */
export const placeholdersOf = {
  activation: withCode,
  /** Different data was registered for the address, so some of it may be a stranger's. */
  activation_replaced: withCode,
  invitation: withCode,
  login: withCode,
  password_reset: withCode,
  email_change: withCode,
  /** To the old address, with the code that undoes the change. */
  email_changing: withCode,
  /** While an earlier change can still be undone, only administrators can request another one. */
  email_changing_again: withDuration,
  address_taken: notice,
  /** To the owner of an account that already has the new address of another. */
  address_wanted: notice,
  address_held: withTerm,
  address_restored: notice,
  address_given_back: notice,
  password_changed: notice,
  password_changed_by_reset: notice,
  goodbye: notice,
  session_replayed: notice,
  rank_raised: notice,
  rank_lowered: notice,
  /** To the mailbox that is said to be lost. Its holder may be a thief, so it has no code. */
  mailbox_lost: withTerm,
  new_mailbox: withTerm,
  move_cancelled: notice,
} as const;

export type LetterName = keyof typeof placeholdersOf;
type Placeholder = (typeof placeholdersOf)[LetterName][number];

/** Times are in epoch seconds, durations in seconds. The code is as people see it in texts. */
type Values = { time: number; until: number; duration: number; code: string };

export type LetterValues = { product: string } & Partial<Values>;
/** What the sender of a letter adds to the product and the time of sending. */
export type More<Name extends LetterName> = Pick<
  Values,
  Exclude<(typeof placeholdersOf)[Name][number], "time">
>;

type NamesWith<Placeholders extends Placeholder> = {
  [Name in LetterName]: [Placeholders] extends [(typeof placeholdersOf)[Name][number]] ? Name : never;
}[LetterName];

export type CodeLetterName = NamesWith<"code">;

export const letterNames = Object.keys(placeholdersOf) as LetterName[];
export const isLetterName = (text: string): text is LetterName => Object.hasOwn(placeholdersOf, text);
