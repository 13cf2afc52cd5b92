// How much one administrator may do. A stolen session or a mistake in a script then harms a few
// accounts and not all. Operators change many accounts at once with a command.
import { day, hour } from "../platform/clock.ts";
import type { Pseudonyms } from "../identity/pseudonyms.ts";
import { isAccount, isInvited, type Person } from "../store/user-items.ts";
import type { Limit } from "./counters.ts";
import { invitationLettersTo, registrationLettersTo, resetLettersTo } from "./letter-limits.ts";
import { requireWithin, type LimitStore } from "./limit-store.ts";

export const staffActs = (actorId: string): Limit => ({
  key: `staff-acts#${actorId}`,
  rules: [{ maximum: 60, windowSeconds: hour }],
  refusal: "too_many_staff_acts",
});

export const addressMoves = (actorId: string): Limit => ({
  key: `address-moves#${actorId}`,
  rules: [{ maximum: 5, windowSeconds: day }],
  refusal: "too_many_address_moves",
});

export const invitationsOf = (actorId: string): Limit => ({
  key: `invitations#${actorId}`,
  rules: [{ maximum: 60, windowSeconds: day }],
  refusal: "too_many_invitations",
});

/** The limit of the mailbox holds for administrators too: its owner may not want the letters. */
export const codeLettersTo = async (
  person: Person,
  actorId: string,
  ofMailbox: Pseudonyms["ofMailbox"],
): Promise<Limit[]> => {
  if (isAccount(person)) return [resetLettersTo(person.addressKey)];
  const mailboxKey = await ofMailbox(person.email);
  if (!isInvited(person)) return [registrationLettersTo(mailboxKey)];
  return [invitationsOf(actorId), invitationLettersTo(mailboxKey)];
};

export const userExportsOf = (actorId: string): Limit => ({
  key: `user-exports#${actorId}`,
  rules: [{ maximum: 20, windowSeconds: day }],
  refusal: "too_many_exports",
});

export type StaffActDeps = { limits: Pick<LimitStore, "spend"> };

/** Must come after every refusal that needs no write, and before the act. */
export const spendStaffAct = async ({ id }: { id: string }, { limits }: StaffActDeps): Promise<void> =>
  requireWithin(await limits.spend(staffActs(id)));
