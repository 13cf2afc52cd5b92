/** Accounts and registrations as administrators know them: by id or whole username, without a scan. Consistent reads. */
import { registrationStore } from "../accounts/registration-store.ts";
import { userStore } from "../accounts/user-store.ts";
import { ApiError } from "../contract/errors.ts";
import { normaliseUsername } from "../identity/username.ts";
import { nowSeconds, type Clock } from "../platform/clock.ts";
import { variable } from "../platform/environment.ts";
import { batchRead } from "../store/batch.ts";
import { readItem } from "../store/dynamo.ts";
import {
  isAccount,
  pointerItem,
  registrationIdPk,
  registrationPointerItem,
  reservationItem,
  userItem,
  usernamePk,
  userPk,
  type Person,
  type User,
} from "../store/user-items.ts";

// Anything else is nobody's, and could be longer than a key may be.
const idPattern = /^[0-9a-f-]{36}$/;

export const personLookup = (clock: Clock = nowSeconds) => {
  const table = variable("USERS_TABLE");
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

export type PersonLookup = ReturnType<typeof personLookup>;

type Find = { people: Pick<PersonLookup, "find"> };

/** Throws `not_found` if nobody has this id. */
export const requirePerson = async (id: string, { people }: Find): Promise<Person> => {
  const person = await people.find(id);
  if (!person) throw new ApiError("not_found");
  return person;
};

/** Throws `not_activated` for a registration, too. */
export const requireAccount = async (id: string, deps: Find): Promise<User> => {
  const person = await requirePerson(id, deps);
  if (!isAccount(person)) throw new ApiError("not_activated");
  return person;
};
