import type { User } from "../store/user-items.ts";

type NamesBody = {
  username?: string | undefined;
  first_name?: string | undefined;
  last_name?: string | undefined;
};

export const namesIn = ({
  username,
  first_name: firstName,
  last_name: lastName,
}: NamesBody): Partial<Pick<User, "username" | "firstName" | "lastName">> => ({
  ...(username !== undefined && { username }),
  ...(firstName !== undefined && { firstName }),
  ...(lastName !== undefined && { lastName }),
});

export const shownUser = ({
  id,
  username,
  email,
  firstName,
  lastName,
}: Pick<User, "id" | "username" | "email" | "firstName" | "lastName">) => ({
  id,
  username,
  email,
  first_name: firstName,
  last_name: lastName,
});
