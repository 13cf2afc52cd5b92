// Letters to addresses that an account has lost. Each is forgotten once its letter is sent.
import type { FormerAddress, FormerAddressStore } from "../accounts/former-address-store.ts";
import { deliverNotice, deliverNoticeTo, type DeliveryDeps } from "./delivery.ts";

export type LastLetterDeps = DeliveryDeps & { formerAddresses: Pick<FormerAddressStore, "find" | "forget"> };

const sendLast = async (
  which: FormerAddress,
  userId: string,
  name: "goodbye" | "address_given_back",
  deps: LastLetterDeps,
) => {
  const to = await deps.formerAddresses.find(which, userId);
  if (to === undefined) return "superseded";
  await deliverNoticeTo(to, name, {}, deps);
  await deps.formerAddresses.forget(which, userId);
  return "sent";
};

// Writes to the held address first, because after a takeover it is the owner's. If the second
// letter fails, a retry doesn't repeat the first.
export const sendGoodbye = async (userId: string, deps: LastLetterDeps) => {
  await sendLast("earlier", userId, "goodbye", deps);
  return sendLast("deleted", userId, "goodbye", deps);
};

/** A retry repeats only the second letter: the first one's address is forgotten by then. */
export const sendUndone = async (userId: string, deps: LastLetterDeps) => {
  await sendLast("undone", userId, "address_given_back", deps);
  return deliverNotice(userId, "address_restored", {}, deps);
};
