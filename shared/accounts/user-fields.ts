/** From the names on the wire to those of the store. */
import type { User } from "../store/user-items.ts";

type NamesBody = {
  username?: string | undefined;
  first_name?: string | undefined;
  last_name?: string | undefined;
};

/** Only what is given: what is left out stays as it is. */
export const namesIn = ({
  username,
  first_name: firstName,
  last_name: lastName,
}: NamesBody): Partial<Pick<User, "username" | "firstName" | "lastName">> => ({
  ...(username !== undefined && { username }),
  ...(firstName !== undefined && { firstName }),
  ...(lastName !== undefined && { lastName }),
});
