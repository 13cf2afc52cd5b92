import { contract } from "../../shared/contract/contract.ts";
import { requireCurrentPassword, type PasswordDeps } from "../../shared/passwords/current-password.ts";
import { ApiError, FieldErrors } from "../../shared/contract/errors.ts";
import { isAccount, type User } from "../../shared/store/user-items.ts";
import { limitStore } from "../../shared/limits/limit-store.ts";
import { enqueueLetter } from "../../shared/mail/mail-queue.ts";
import { namesIn } from "../../shared/accounts/user-fields.ts";
import { verifyPassword } from "../../shared/passwords/password-hash.ts";
import { personLookup, shownPerson, type PersonLookup } from "../../shared/admin/person-lookup.ts";
import { recordSecurityEvent } from "../../shared/platform/security-log.ts";
import { authorityOf } from "../../shared/admin/staff-authority.ts";
import {
  userUpdateStore,
  type Changes,
  type UserUpdateStore,
} from "../../shared/accounts/user-update-store.ts";
import { userEndpoint, type UserCall } from "../../shared/http/user-endpoint.ts";

type Deps = PasswordDeps & {
  people: Pick<PersonLookup, "find">;
  users: UserUpdateStore;
  authorityOf: typeof authorityOf;
  enqueueLetter: typeof enqueueLetter;
  recordSecurityEvent: typeof recordSecurityEvent;
};

// A rank that is the same already is left out: written again after somebody else's change, it would need no password.
const changesIn = (body: UserCall<typeof contract.updateUser>["body"], { isStaff }: User): Changes => ({
  ...namesIn(body),
  ...(body.is_active !== undefined && { status: body.is_active ? "active" : "disabled" }),
  ...(body.is_staff !== undefined && body.is_staff !== isStaff && { isStaff: body.is_staff }),
});

/**
 * Changes an account. Deactivating and another rank end its sessions in the same write, and rank asks for the administrator's
 * own password. A registration can't be changed: nobody has proven it, and its owner can register again.
 */
export const updateUser = async (
  { body, user: actor, parameters: { id } }: UserCall<typeof contract.updateUser>,
  deps: Deps,
) => {
  const person = await deps.people.find(id);
  if (!person) throw new ApiError("not_found");
  if (!isAccount(person)) throw new ApiError("not_activated");
  const changes = changesIn(body, person);
  const yourself = person.id === actor.id;
  if (yourself && (changes.status === "disabled" || changes.isStaff === false))
    throw new ApiError("not_yourself");
  const ranks = changes.isStaff !== undefined;
  if (ranks) await requireCurrentPassword(actor, body.current_password, deps);

  const changed = await deps.users.change(person, changes, yourself ? [] : [deps.authorityOf(actor)]);
  switch (changed) {
    case "username_taken":
      throw new FieldErrors({ username: ["A user with that username already exists."] });
    case "gone":
      throw new ApiError("not_found");
    case "along_refused":
      throw new ApiError("permission_denied");
    default:
      deps.recordSecurityEvent("user_changed", {
        userId: id,
        actorId: actor.id,
        changes: Object.keys(changes),
      });
      if (ranks) await deps.enqueueLetter({ kind: "rank_changed", userId: id, isStaff: changed.isStaff });
      return shownPerson(changed);
  }
};

export const handler = userEndpoint(contract.updateUser, updateUser, () => ({
  people: personLookup(),
  users: userUpdateStore(),
  limits: limitStore(),
  verifyPassword,
  authorityOf,
  enqueueLetter,
  recordSecurityEvent,
}));
