/**
 * Who gets which letter: for each kind of order the mailbox, the letter, and what is written before
 * and after it leaves.
 */
import type { AddressChangeStore } from "../accounts/address-change-store.ts";
import type { AddressUndoStore } from "../accounts/address-undo-store.ts";
import type { FormerAddress, FormerAddressStore } from "../accounts/former-address-store.ts";
import type { RegistrationStore } from "../accounts/registration-store.ts";
import type { UserStore } from "../accounts/user-store.ts";
import type { PasswordResetStore } from "../passwords/password-reset-store.ts";
import type { recordSecurityEvent } from "../platform/security-log.ts";
import { emailChangePk, emailUndoPk, resetPk, undoSeconds, type EmailUndo } from "../store/address-items.ts";
import { registrationPk, userPk, type Person } from "../store/user-items.ts";
import {
  activationLetter,
  addressTakenLetter,
  loginLetter,
  rankLetter,
  sessionReplayedLetter,
} from "./account-letters.ts";
import {
  addressChangingAgainLetter,
  addressChangingLetter,
  addressGivenBackLetter,
  addressHeldLetter,
  addressRestoredLetter,
  addressWantedLetter,
  newAddressLetter,
} from "./address-letters.ts";
import { deliverCode, deliverNotice, deliverNoticeTo, type DeliveryDeps } from "./delivery.ts";
import type { Letter, NoticeLetter } from "./letter-layout.ts";
import type { LetterOrder } from "./mail-queue.ts";
import { goodbyeLetter, passwordChangedLetter, resetLetter } from "./password-letters.ts";

type Deps = DeliveryDeps & {
  users: Pick<UserStore, "findIdByAddress">;
  addressChanges: Pick<AddressChangeStore, "find">;
  undoing: Pick<AddressUndoStore, "find">;
  registrations: Pick<RegistrationStore, "find">;
  resets: Pick<PasswordResetStore, "begin">;
  formerAddresses: Pick<FormerAddressStore, "find" | "forget">;
  recordSecurityEvent: typeof recordSecurityEvent;
};

type OrderOf<Kind extends LetterOrder["kind"]> = Extract<LetterOrder, { kind: Kind }>;

/**
 * Who has an address; where nobody has, the one who has lately changed from it, for whom it is
 * held.
 */
const holderOf = async (addressKey: string, deps: Deps) => {
  const ownerId = await deps.users.findIdByAddress(addressKey);
  return { ownerId, held: ownerId === undefined ? await deps.undoing.find(addressKey) : undefined };
};

/** Instead of a code that could not be used, whoever it is that wants the address. */
const sendHeld = async ({ email, expiresAt }: EmailUndo, deps: Deps) => {
  await deliverNoticeTo(email, addressHeldLetter(expiresAt), deps);
  return "held";
};

const sendActivation = async ({ addressKey, otpRequestId }: OrderOf<"activation">, deps: Deps) => {
  const { ownerId, held } = await holderOf(addressKey, deps);
  if (ownerId !== undefined) return deliverNotice(ownerId, addressTakenLetter, deps);
  if (held) return sendHeld(held, deps);
  const pk = registrationPk(addressKey);
  return deliverCode({ pk, purpose: "activation", otpRequestId }, activationLetter, deps);
};

/**
 * Whose password the owner of an address may replace: an account's, or that of a registration which
 * waits for its proof.
 */
const ownerOf = async (
  addressKey: string,
  ownerId: string | undefined,
  deps: Deps,
): Promise<Person | undefined> => {
  if (ownerId === undefined) return deps.registrations.find(addressKey);
  const user = await deps.users.find(ownerId);
  return user?.status === "active" && user.addressKey === addressKey ? user : undefined;
};

/** Only here is looked who has lost a password: who asked was told nothing. */
const sendPasswordReset = async ({ addressKey, otpRequestId }: OrderOf<"password_reset">, deps: Deps) => {
  const { ownerId, held } = await holderOf(addressKey, deps);
  if (held) return sendHeld(held, deps);
  const owner = await ownerOf(addressKey, ownerId, deps);
  if (!owner) return "nobody";
  if ((await deps.resets.begin(owner, otpRequestId)) === "superseded") return "superseded";
  const request = { pk: resetPk(addressKey), purpose: "reset", otpRequestId } as const;
  const outcome = await deliverCode(request, resetLetter, deps);
  if (outcome === "sent") deps.recordSecurityEvent("reset_sent", { userId: owner.id });
  return outcome;
};

/**
 * A last letter to an address that the account does not have any more, which is forgotten with it.
 */
const sendLast = async (
  which: FormerAddress,
  userId: string,
  letterFor: (letter: NoticeLetter) => Letter,
  deps: Deps,
) => {
  const email = await deps.formerAddresses.find(which, userId);
  if (email === undefined) return "superseded";
  await deliverNoticeTo(email, letterFor, deps);
  await deps.formerAddresses.forget(which, userId);
  return "sent";
};

/**
 * To a mailbox that it could go back to first: the address that a thief gave it must not keep that
 * one from hearing of it.
 */
const sendGoodbye = async ({ userId }: OrderOf<"goodbye">, deps: Deps) => {
  await sendLast("earlier", userId, goodbyeLetter, deps);
  return sendLast("deleted", userId, goodbyeLetter, deps);
};

/**
 * Of the two, only the letter to the address that it went away from is known to have left when the
 * order comes again.
 */
const sendUndone = async ({ userId }: OrderOf<"email_change_undone">, deps: Deps) => {
  await sendLast("undone", userId, addressGivenBackLetter, deps);
  return deliverNotice(userId, addressRestoredLetter, deps);
};

/**
 * The old address first: a code for the new one never leaves before the owner has been told. The
 * owner of a taken one, or of one that is kept for another account, is told of it instead of
 * getting a code.
 */
const sendEmailChange = async ({ userId, otpRequestId }: OrderOf<"email_change">, deps: Deps) => {
  const change = await deps.addressChanges.find(userId);
  if (change?.otpRequestId !== otpRequestId) return "superseded";
  const undo = { pk: emailUndoPk(change.oldAddressKey), purpose: "email_undo", otpRequestId } as const;
  // Superseded: its letter left in an earlier try of this order.
  if (change.withUndo)
    await deliverCode(undo, addressChangingLetter, { ...deps, lifetimeSeconds: undoSeconds });
  else await deliverNotice(userId, addressChangingAgainLetter, deps);

  const pk = emailChangePk(userId);
  const { ownerId, held } = await holderOf(change.addressKey, deps);
  if (ownerId !== undefined) await deliverNotice(ownerId, addressWantedLetter, deps);
  else if (held && held.userId !== userId) await sendHeld(held, deps);
  else return deliverCode({ pk, purpose: "email_change", otpRequestId }, newAddressLetter, deps);
  await deps.codes.retire(pk, otpRequestId);
  return "taken";
};

/**
 * Makes the code, stores its digest and sends it; nobody else ever sees it. An order whose request
 * is no longer the newest is dropped. After sending, the request is retired, so that a message
 * delivered twice sends one letter (best effort: SES itself has no idempotency, and dying between
 * sending and retiring sends a second one, with a code of its own).
 */
export const dispatchLetter = async (order: LetterOrder, deps: Deps): Promise<string> => {
  switch (order.kind) {
    case "activation":
      return sendActivation(order, deps);
    case "login": {
      const { userId, otpRequestId } = order;
      return deliverCode({ pk: userPk(userId), purpose: "login", otpRequestId }, loginLetter, deps);
    }
    case "email_change":
      return sendEmailChange(order, deps);
    case "email_change_undone":
      return sendUndone(order, deps);
    case "password_reset":
      return sendPasswordReset(order, deps);
    case "password_changed":
      return deliverNotice(order.userId, passwordChangedLetter(order.byReset), deps);
    case "goodbye":
      return sendGoodbye(order, deps);
    case "session_replayed":
      return deliverNotice(order.userId, sessionReplayedLetter, deps);
    case "rank_changed":
      return deliverNotice(order.userId, rankLetter(order.isStaff), deps);
    default:
      return order satisfies never;
  }
};
