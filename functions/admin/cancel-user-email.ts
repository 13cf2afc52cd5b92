import { addressMoveStore, type AddressMoveStore } from "../../shared/accounts/address-move-store.ts";
import { requireMove } from "../../shared/admin/address-moves.ts";
import { personLookup, requireAccount, type PersonLookup } from "../../shared/admin/person-lookup.ts";
import { authorityOver } from "../../shared/admin/staff-authority.ts";
import * as contract from "../../shared/contract/staff-operations.ts";
import { ApiError } from "../../shared/contract/errors.ts";
import { staff } from "../../shared/events/actor.ts";
import { userEndpoint, type UserCall } from "../../shared/http/user-endpoint.ts";
import { limitStore } from "../../shared/limits/limit-store.ts";
import { spendStaffAct, type StaffActDeps } from "../../shared/limits/staff-limits.ts";
import { enqueueLetter } from "../../shared/mail/mail-queue.ts";
import { recordSecurityEvent } from "../../shared/platform/security-log.ts";

type Deps = StaffActDeps & {
  people: Pick<PersonLookup, "find">;
  moves: Pick<AddressMoveStore, "cancel">;
  authorityOver: typeof authorityOver;
  enqueueLetter: typeof enqueueLetter;
  recordSecurityEvent: typeof recordSecurityEvent;
};

/** Any administrator may cancel, and without a password, because it gives the account back. */
export const cancelUserEmail = async (
  { user: actor, parameters: { id } }: UserCall<typeof contract.cancelUserEmail>,
  deps: Deps,
): Promise<void> => {
  const cancel = async () => {
    const account = await requireAccount(id, actor, deps);
    return deps.moves.cancel(account, requireMove(account), staff(actor), deps.authorityOver(actor, account));
  };
  requireMove(await requireAccount(id, actor, deps));
  await spendStaffAct(actor, deps);
  let cancelled = await cancel();
  while (cancelled === "changed_meanwhile") cancelled = await cancel();
  if (cancelled !== "cancelled") throw new ApiError("permission_denied");
  deps.recordSecurityEvent("address_move_cancelled", { userId: id, actorId: actor.id });
  await deps.enqueueLetter({ kind: "address_move_cancelled", userId: id });
};

export const handler = await userEndpoint(contract.cancelUserEmail, cancelUserEmail, () => ({
  people: personLookup(),
  moves: addressMoveStore(),
  limits: limitStore(),
  authorityOver,
  enqueueLetter,
  recordSecurityEvent,
}));
