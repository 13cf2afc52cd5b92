import { contract } from "../shared/contract.ts";
import { ApiError, FieldErrors } from "../shared/errors.ts";
import { shownUser } from "../shared/items.ts";
import { userEndpoint, type UserCall } from "../shared/user-endpoint.ts";
import { userStore, type UserStore } from "../shared/users.ts";

type Deps = { users: Pick<UserStore, "rename"> };

/** Changes what the caller names; everything else of the account is not for this operation, whatever the body says. */
export const updateMe = async ({ body, user }: UserCall<typeof contract.updateMe>, deps: Deps) => {
  const renamed = await deps.users.rename(user, {
    ...(body.username !== undefined && { username: body.username }),
    ...(body.first_name !== undefined && { firstName: body.first_name }),
    ...(body.last_name !== undefined && { lastName: body.last_name }),
  });
  switch (renamed) {
    case "username_taken":
      throw new FieldErrors({ username: ["A user with that username already exists."] });
    case "gone":
      throw new ApiError("user_not_found");
    default:
      return shownUser(renamed);
  }
};

export const handler = userEndpoint(contract.updateMe, updateMe, () => ({ users: userStore() }));
