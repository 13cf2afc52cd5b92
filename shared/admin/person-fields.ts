/** The fields of a person as administrators see and change them: from the wire to the store, and back. */
import { namesIn, shownUser } from "../accounts/user-fields.ts";
import type { Changes } from "../accounts/user-update-store.ts";
import { isoTime } from "../platform/clock.ts";
import type { PersonState } from "../store/list-indexes.ts";
import type { User } from "../store/user-items.ts";

/** What an index shows of a person, and what the whole item holds. */
export type ListedPerson = Parameters<typeof shownUser>[0] &
  Pick<User, "createdAt"> & { status?: User["status"] | undefined; isStaff?: boolean | undefined };

export const shownPerson = (person: ListedPerson) => {
  const state: PersonState = person.status ?? "pending";
  return {
    ...shownUser(person),
    state,
    is_active: state === "active",
    is_staff: person.isStaff ?? false,
    created: isoTime(person.createdAt),
  };
};

type ChangesBody = Parameters<typeof namesIn>[0] & {
  is_active?: boolean | undefined;
  is_staff?: boolean | undefined;
};

/**
 * Drops an unchanged rank. Otherwise it would be written without the password check and could overwrite a concurrent change.
 */
export const changesIn = (body: ChangesBody, { isStaff }: User): Changes => ({
  ...namesIn(body),
  ...(body.is_active !== undefined && { status: body.is_active ? "active" : "disabled" }),
  ...(body.is_staff !== undefined && body.is_staff !== isStaff && { isStaff: body.is_staff }),
});
