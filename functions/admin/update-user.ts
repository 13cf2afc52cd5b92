import { userUpdateStore, type UserUpdateStore } from "../../shared/accounts/user-update-store.ts";
import { changesIn, shownPerson } from "../../shared/admin/person-fields.ts";
import { personLookup, requireAccount, type PersonLookup } from "../../shared/admin/person-lookup.ts";
import { authorityOver } from "../../shared/admin/staff-authority.ts";
import * as contract from "../../shared/contract/staff-operations.ts";
import { staff } from "../../shared/events/actor.ts";
import { ApiError, FieldErrors, usernameTaken } from "../../shared/contract/errors.ts";
import { deliveryStore, type DeliveryStore } from "../../shared/delivery/delivery-store.ts";
import { userEndpoint, type UserCall } from "../../shared/http/user-endpoint.ts";
import { limitStore } from "../../shared/limits/limit-store.ts";
import { spendStaffAct, type StaffActDeps } from "../../shared/limits/staff-limits.ts";
import { enqueueLetter } from "../../shared/mail/mail-queue.ts";
import { requireCurrentPassword, type CurrentPasswordDeps } from "../../shared/passwords/current-password.ts";
import { passwordHasher } from "../../shared/passwords/password-hash.ts";
import { recordSecurityEvent } from "../../shared/platform/security-log.ts";

type Deps = CurrentPasswordDeps &
  StaffActDeps & {
    people: Pick<PersonLookup, "find">;
    users: UserUpdateStore;
    deliveries: Pick<DeliveryStore, "find">;
    authorityOver: typeof authorityOver;
    enqueueLetter: typeof enqueueLetter;
    recordSecurityEvent: typeof recordSecurityEvent;
  };

/** A registration can't be changed, because its owner can simply register again. */
export const updateUser = async (
  { body, user: actor, parameters: { id } }: UserCall<typeof contract.updateUser>,
  deps: Deps,
) => {
  const account = await requireAccount(id, actor, deps);
  const changes = changesIn(body, account);
  const yourself = account.id === actor.id;
  if (yourself && (changes.status === "disabled" || changes.isStaff === false))
    throw new ApiError("not_yourself");
  // A waiting move would undo a deactivation, and its freeze must survive an activation.
  if (account.addressMove && body.is_active !== undefined) throw new ApiError("account_frozen");
  const ranks = changes.isStaff !== undefined;
  if (ranks || changes.status === "disabled")
    await requireCurrentPassword(actor, body.current_password, deps);
  await spendStaffAct(actor, deps);

  const [changed, delivery] = await Promise.all([
    deps.users.change(account, changes, staff(actor), deps.authorityOver(actor, account)),
    deps.deliveries.find(account.addressKey),
  ]);
  switch (changed) {
    case "username_taken":
      throw new FieldErrors({ username: [usernameTaken] });
    case "gone":
      throw new ApiError("not_found");
    case "frozen":
      throw new ApiError("account_frozen");
    case "along_refused":
      throw new ApiError("permission_denied");
    default:
      deps.recordSecurityEvent("user_changed", {
        userId: id,
        actorId: actor.id,
        changes: Object.keys(changes),
      });
      if (ranks) await deps.enqueueLetter({ kind: "rank_changed", userId: id, isStaff: changed.isStaff });
      return shownPerson(changed, delivery);
  }
};

export const handler = await userEndpoint(contract.updateUser, updateUser, () => ({
  people: personLookup(),
  users: userUpdateStore(),
  deliveries: deliveryStore(),
  limits: limitStore(),
  hasher: passwordHasher,
  authorityOver,
  enqueueLetter,
  recordSecurityEvent,
}));
