// Letters to addresses that an account has lost. Each is forgotten once its letter is sent.
import type { FormerAddress, FormerAddressStore } from "../accounts/former-address-store.ts";
import { addressGivenBackLetter, addressRestoredLetter } from "./address-letters.ts";
import { deliverNotice, deliverNoticeTo, type DeliveryDeps } from "./delivery.ts";
import type { Letter, NoticeLetter } from "./letter-layout.ts";
import { goodbyeLetter } from "./password-letters.ts";

export type LastLetterDeps = DeliveryDeps & { formerAddresses: Pick<FormerAddressStore, "find" | "forget"> };

const sendLast = async (
  which: FormerAddress,
  userId: string,
  kind: string,
  letterFor: (letter: NoticeLetter) => Letter,
  deps: LastLetterDeps,
) => {
  const to = await deps.formerAddresses.find(which, userId);
  if (to === undefined) return "superseded";
  await deliverNoticeTo(to, kind, letterFor, deps);
  await deps.formerAddresses.forget(which, userId);
  return "sent";
};

// Writes to the held address first, because after a takeover it is the owner's. If the second
// letter fails, a retry doesn't repeat the first.
export const sendGoodbye = async (userId: string, deps: LastLetterDeps) => {
  await sendLast("earlier", userId, "goodbye", goodbyeLetter, deps);
  return sendLast("deleted", userId, "goodbye", goodbyeLetter, deps);
};

/** A retry repeats only the second letter: the first one's address is forgotten by then. */
export const sendUndone = async (userId: string, deps: LastLetterDeps) => {
  await sendLast("undone", userId, "address_given_back", addressGivenBackLetter, deps);
  return deliverNotice(userId, "address_restored", addressRestoredLetter, deps);
};
