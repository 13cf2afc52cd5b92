// The letters of a move from a lost mailbox, and the order that waits until the move is due. SQS
// delays a message for 15 minutes at most, so the order queues itself again.
import type { AddressMoveStore } from "../accounts/address-move-store.ts";
import type { AddressUndoStore } from "../accounts/address-undo-store.ts";
import type { recordSecurityEvent } from "../platform/security-log.ts";
import { wayBackOf } from "../store/address-items.ts";
import type { User } from "../store/user-items.ts";
import { deliverNoticeTo, type DeliveryDeps } from "./delivery.ts";
import { longestDelaySeconds, type enqueueLetter } from "./mail-queue.ts";
import type { Recipient } from "./recipient.ts";

export type MoveDeps = DeliveryDeps & {
  moves: Pick<AddressMoveStore, "confirm">;
  undoing: Pick<AddressUndoStore, "find">;
  enqueueLetter: typeof enqueueLetter;
  recordSecurityEvent: typeof recordSecurityEvent;
};

type MoveOrder = { userId: string; moveId: string };

const waitingMove = async ({ userId, moveId }: MoveOrder, deps: MoveDeps) => {
  const user = await deps.users.find(userId);
  return user?.addressMove?.id === moveId ? { user, move: user.addressMove } : undefined;
};

/** The address before a recent change hears of it too: it may be the owner's, after a takeover. */
const earlierAddressOf = async (user: User, deps: MoveDeps): Promise<Recipient[]> => {
  const addressKey = wayBackOf(user, deps.nowSeconds());
  if (addressKey === undefined) return [];
  const { email, locale } = (await deps.undoing.find(addressKey)) ?? {};
  return email === undefined ? [] : [{ email, addressKey, locale }];
};

export const sendMoveStarted = async (order: MoveOrder, deps: MoveDeps): Promise<string> => {
  const waiting = await waitingMove(order, deps);
  if (!waiting) return "superseded";
  const { user, move } = waiting;
  const until = { until: move.dueAt };
  for (const to of [user, ...(await earlierAddressOf(user, deps))])
    await deliverNoticeTo(to, "mailbox_lost", until, deps);
  const { locale } = user;
  await deliverNoticeTo({ ...move, locale }, "new_mailbox", until, deps);
  return "sent";
};

/** "due" means that the new address may get its code now, with the move's id as the request. */
export const awaitMove = async (order: MoveOrder, deps: MoveDeps): Promise<string> => {
  const waiting = await waitingMove(order, deps);
  if (!waiting) return "superseded";
  const { user, move } = waiting;
  // An earlier attempt of this order was interrupted, or an administrator was faster.
  if (move.confirmation !== undefined) return move.confirmation === move.id ? "due" : "superseded";
  const secondsLeft = move.dueAt - deps.nowSeconds();
  if (secondsLeft > 0) {
    const again = { kind: "address_move_due", ...order } as const;
    await deps.enqueueLetter(again, Math.min(secondsLeft, longestDelaySeconds));
    return "waiting";
  }
  const confirmed = await deps.moves.confirm(user, move, { otpRequestId: move.id });
  if (confirmed !== "confirmed") return "superseded";
  deps.recordSecurityEvent("address_move_confirmed", { userId: user.id });
  return "due";
};
