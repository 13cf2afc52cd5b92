import type { Locale } from "../identity/locale.ts";
import type { User } from "../store/user-items.ts";

type ProfileBody = {
  username?: string | undefined;
  first_name?: string | undefined;
  last_name?: string | undefined;
  locale?: Locale | null | undefined;
};
type Profile = Pick<User, "username" | "firstName" | "lastName" | "locale">;

export const profileIn = ({
  username,
  first_name: firstName,
  last_name: lastName,
  locale,
}: ProfileBody): Partial<Profile> => ({
  ...(username !== undefined && { username }),
  ...(firstName !== undefined && { firstName }),
  ...(lastName !== undefined && { lastName }),
  ...(locale !== undefined && { locale: locale ?? undefined }),
});

export const shownUser = ({
  id,
  username,
  email,
  firstName,
  lastName,
  locale,
}: Profile & Pick<User, "id" | "email">) => ({
  id,
  username,
  email,
  first_name: firstName,
  last_name: lastName,
  ...(locale && { locale }),
});
