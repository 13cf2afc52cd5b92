// Which accounts an administrator may move to another address, and which moves they may confirm.
import { mayConfirm, moveDelaySeconds } from "../accounts/address-move-store.ts";
import { ApiError, FieldErrors } from "../contract/errors.ts";
import { normaliseAddress } from "../identity/email-address.ts";
import { nowSeconds, type Clock } from "../platform/clock.ts";
import { findAddressPointer } from "../store/address-pointers.ts";
import { findHolder } from "../store/held-addresses.ts";
import type { AddressMove, User } from "../store/user-items.ts";

export const requireUsable = ({ status, addressMove }: User): void => {
  if (addressMove) throw new ApiError("account_frozen");
  if (status === "disabled") throw new ApiError("deactivated");
};

export const requireMovable = (account: User, addressKey: string, mailbox: "reachable" | "lost"): void => {
  // A move that waits can be started again, because its new address may have a mistake.
  if (mailbox !== "lost" || !account.addressMove) requireUsable(account);
  if (mailbox === "lost" && account.isStaff) throw new ApiError("operator_needed");
  if (addressKey === account.addressKey)
    throw new FieldErrors({ new_email: ["This is the account's address already."] });
};

/**
 * Tells administrators what only the mailbox's owner learns otherwise: they can list all addresses.
 * The transaction that confirms the address decides.
 */
export const requireObtainable = async (
  { id }: Pick<User, "id">,
  addressKey: string,
  clock: Clock = nowSeconds,
): Promise<void> => {
  const [pointer, holder] = await Promise.all([
    findAddressPointer(addressKey),
    findHolder(addressKey, clock()),
  ]);
  if (pointer) throw new FieldErrors({ new_email: ["Another account has this address."] });
  if (holder !== undefined && holder !== id)
    throw new FieldErrors({
      new_email: ["This address is still reserved after an earlier change of address."],
    });
};

export const requireMove = ({ addressMove }: User): AddressMove => {
  if (!addressMove) throw new ApiError("no_address_move");
  return addressMove;
};

/** `meant` is the address that the administrator has seen. Another move may have replaced it. */
export const requireConfirmable = (
  account: User,
  actor: User,
  meant: string | undefined,
  now: number,
): AddressMove => {
  const move = requireMove(account);
  if (account.isStaff) throw new ApiError("operator_needed");
  if (meant !== undefined && normaliseAddress(meant) !== normaliseAddress(move.email))
    throw new FieldErrors({ new_email: ["Another address is waiting for this account."] });
  // The administrator who started the move may have appointed an accomplice.
  const isNew = now < (actor.staffSince ?? 0) + moveDelaySeconds;
  if (!mayConfirm(move, isNew ? move.startedBy : actor.id, now))
    throw new ApiError("second_administrator_needed");
  return move;
};
