/** Accounts and registrations as administrators know them: by id or whole username, without a scan. Consistent reads. */
import * as z from "zod";
import { batchRead } from "../store/batch.ts";
import { isoTime, nowSeconds, type Clock } from "../platform/clock.ts";
import { readItem } from "../store/dynamo.ts";
import { environment } from "../platform/environment.ts";
import {
  pointerItem,
  registrationIdPk,
  registrationPointerItem,
  reservationItem,
  shownUser,
  userItem,
  usernamePk,
  userPk,
  type Person,
} from "../store/user-items.ts";
import type { listedAttributes, PersonState } from "../store/list-indexes.ts";
import { registrationStore } from "../accounts/registration-store.ts";
import { normaliseUsername } from "../identity/username.ts";
import { userStore } from "../accounts/user-store.ts";

/**
 * What is shown of a person to administrators: a list reads no more than that, and a whole item
 * holds it too.
 */
export const listedPerson = z.object({
  id: z.string(),
  username: z.string(),
  email: z.string(),
  firstName: z.string(),
  lastName: z.string(),
  status: z.enum(["active", "disabled"]).optional(),
  isStaff: z.boolean().optional(),
  createdAt: z.int(),
  expiresAt: z.int().optional(),
} satisfies Record<(typeof listedAttributes)[number], z.ZodType>);
export type ListedPerson = z.output<typeof listedPerson>;

export const stateOf = ({ status }: Pick<ListedPerson, "status">): PersonState => status ?? "pending";

export const shownPerson = (person: ListedPerson) => {
  const state = stateOf(person);
  return {
    ...shownUser(person),
    state,
    is_active: state === "active",
    is_staff: person.isStaff ?? false,
    created: isoTime(person.createdAt),
  };
};

// Anything else is nobody's, and could be longer than a key may be.
const idPattern = /^[0-9a-f-]{36}$/;

export const peopleStore = (clock: Clock = nowSeconds) => {
  const table = environment("USERS_TABLE").USERS_TABLE;
  const [users, registrations] = [userStore(), registrationStore(clock)];

  return {
    /** One read for an account; one more for a registration, whose item is keyed by its address. */
    find: async (id: string): Promise<Person | undefined> => {
      if (!idPattern.test(id)) return undefined;
      const keys = [{ pk: userPk(id) }, { pk: registrationIdPk(id) }];
      const { [table]: items = [] } = await batchRead({ [table]: keys });
      const user = items.find(({ pk }) => pk === userPk(id));
      if (user) return userItem.parse(user);
      const [pointer] = items;
      if (!pointer) return undefined;
      const registration = await registrations.find(registrationPointerItem.parse(pointer).addressKey);
      return registration?.id === id ? registration : undefined;
    },

    /** Two reads: the name's pointer, and whom it points to. */
    findByUsername: async (username: string): Promise<Person | undefined> => {
      const key = normaliseUsername(username);
      const item = await readItem(table, usernamePk(key));
      const pointer = pointerItem.safeParse(item);
      const reservation = reservationItem.safeParse(item);
      const person = pointer.success
        ? await users.find(pointer.data.userId)
        : reservation.success && (await registrations.find(reservation.data.reservedFor));
      // The address may have been registered again since, under another name.
      return person && normaliseUsername(person.username) === key ? person : undefined;
    },
  };
};

export type PeopleStore = ReturnType<typeof peopleStore>;
