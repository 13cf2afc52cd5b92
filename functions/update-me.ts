import { profileIn, shownUser } from "../shared/accounts/user-fields.ts";
import { userUpdateStore, type UserUpdateStore } from "../shared/accounts/user-update-store.ts";
import { person } from "../shared/events/actor.ts";
import * as contract from "../shared/contract/account-operations.ts";
import { ApiError, FieldErrors, usernameTaken } from "../shared/contract/errors.ts";
import { userEndpoint, type UserCall } from "../shared/http/user-endpoint.ts";
import { usernameChangesOf } from "../shared/limits/guess-limits.ts";
import { limitStore, requireWithin, type LimitStore } from "../shared/limits/limit-store.ts";
import { recordSecurityEvent } from "../shared/platform/security-log.ts";

type Deps = {
  users: UserUpdateStore;
  limits: Pick<LimitStore, "spend">;
  recordSecurityEvent: typeof recordSecurityEvent;
};

export const updateMe = async ({ body, user }: UserCall<typeof contract.updateMe>, deps: Deps) => {
  const changes = profileIn(body);
  if (changes.username !== undefined && changes.username !== user.username)
    requireWithin(await deps.limits.spend(usernameChangesOf(user.id)));
  const renamed = await deps.users.change(user, changes, person);
  switch (renamed) {
    case "username_taken":
      throw new FieldErrors({ username: [usernameTaken] });
    case "gone":
    case "along_refused":
    case "frozen":
      throw new ApiError("user_not_found");
    default:
      deps.recordSecurityEvent("user_changed", { userId: user.id, changes: Object.keys(changes) });
      return shownUser(renamed);
  }
};

export const handler = await userEndpoint(contract.updateMe, updateMe, () => ({
  users: userUpdateStore(),
  limits: limitStore(),
  recordSecurityEvent,
}));
