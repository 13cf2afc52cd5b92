import { registrationStore } from "../accounts/registration-store.ts";
import { userStore } from "../accounts/user-store.ts";
import { ApiError } from "../contract/errors.ts";
import { earlierUsernameKey, shownUsername, usernameKey } from "../identity/username.ts";
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

const longestUsername = 150;

// DynamoDB rejects keys that are too long, and no other text is an id.
const idPattern = /^[0-9a-f-]{36}$/;

export const personLookup = (clock: Clock = nowSeconds) => {
  const table = variable("USERS_TABLE");
  const [users, registrations] = [userStore(), registrationStore(clock)];

  return {
    /** A registration takes a second read, because the key of its item is the address. */
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

    findByUsername: async (username: string): Promise<Person | undefined> => {
      if (shownUsername(username).length > longestUsername) return undefined;
      const keys = new Set([usernameKey(username), earlierUsernameKey(username)]);
      const found = await Promise.all([...keys].map((key) => readItem(table, usernamePk(key))));
      const item = found.find((one) => one !== undefined);
      const pointer = pointerItem.safeParse(item);
      const reservation = reservationItem.safeParse(item);
      const person = pointer.success
        ? await users.find(pointer.data.userId)
        : reservation.success && (await registrations.find(reservation.data.reservedFor));
      // The address may have been registered again with another username.
      return person && usernameKey(person.username) === usernameKey(username) ? person : undefined;
    },
  };
};

export type PersonLookup = ReturnType<typeof personLookup>;

type Find = { people: Pick<PersonLookup, "find"> };

export const requirePerson = async (id: string, { people }: Find): Promise<Person> => {
  const person = await people.find(id);
  if (!person) throw new ApiError("not_found");
  return person;
};

/** Returns the actor's own account as authenticated: a write must require the rights of then. */
export const requireAccount = async (id: string, actor: User, deps: Find): Promise<User> => {
  if (id === actor.id) return actor;
  const person = await requirePerson(id, deps);
  if (!isAccount(person)) throw new ApiError("not_activated");
  return person;
};
