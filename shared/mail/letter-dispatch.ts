import type { AddressChangeStore } from "../accounts/address-change-store.ts";
import type { RegistrationStore } from "../accounts/registration-store.ts";
import type { UserStore } from "../accounts/user-store.ts";
import type { UnprovenLetterStore } from "../delivery/unproven-letter-store.ts";
import { registrationResetLettersTo } from "../limits/letter-limits.ts";
import type { LimitStore } from "../limits/limit-store.ts";
import type { PasswordResetStore } from "../passwords/password-reset-store.ts";
import { emailChangePk, emailUndoPk, resetPk, undoSeconds } from "../store/address-items.ts";
import {
  invitationSeconds,
  isAccount,
  registrationPk,
  userPk,
  type CodeHolder,
  type Person,
} from "../store/user-items.ts";
import { deliverCode, deliverNotice, holderOf, sendHeld } from "./delivery.ts";
import { sendGoodbye, sendUndone, type LastLetterDeps } from "./last-letters.ts";
import { secondsLeftOf, type LetterOrder } from "./letter-orders.ts";
import { awaitMove, sendMoveStarted, type MoveDeps } from "./move-delivery.ts";

type Deps = MoveDeps &
  LastLetterDeps & {
    users: Pick<UserStore, "findIdByAddress">;
    addressChanges: Pick<AddressChangeStore, "find">;
    registrations: Pick<RegistrationStore, "find">;
    ending: Pick<RegistrationStore, "end"> & Pick<UnprovenLetterStore, "chargeBounce">;
    resets: Pick<PasswordResetStore, "begin">;
    limits: Pick<LimitStore, "spend" | "giveBack">;
  };

type OrderOf<Kind extends LetterOrder["kind"]> = Extract<LetterOrder, { kind: Kind }>;

// What a registration causes is held back for every address alike: a notice that comes back, where
// a code would not leave, would tell that the address is known.
const sendToRegistration = async ({ addressKey, otpRequestId }: OrderOf<"activation">, deps: Deps) => {
  const { ownerId, held } = await holderOf(addressKey, deps);
  if (ownerId !== undefined || held) {
    const registration = await deps.registrations.find(addressKey);
    if (!registration) return "superseded";
    const stop = await deps.stops.holdBack(registration);
    if (stop) return stop;
  }
  if (ownerId !== undefined) return deliverNotice(ownerId, "address_taken", {}, deps);
  if (held) return sendHeld(addressKey, held, deps);
  const pk = registrationPk(addressKey);
  const kind = ({ replaced }: CodeHolder) => (replaced ? "activation_replaced" : "activation");
  return deliverCode({ pk, purpose: "activation", otpRequestId }, kind, deps);
};

/** No stranger causes it, so what strangers cause at its domain doesn't stop it. */
const sendInvitation = async ({ addressKey, otpRequestId }: OrderOf<"invitation">, deps: Deps) => {
  const { ownerId, held } = await holderOf(addressKey, deps);
  if (ownerId !== undefined || held) return "superseded";
  const request = { pk: registrationPk(addressKey), purpose: "invitation", otpRequestId } as const;
  return deliverCode(request, "invitation", { ...deps, lifetimeSeconds: invitationSeconds });
};

/** As if the letter had left and come back. Otherwise its absence would tell what is known. */
const sendActivation = async (order: OrderOf<"activation">, deps: Deps) => {
  const outcome = await sendToRegistration(order, deps);
  if (outcome !== "no_mailbox") return outcome;
  const registration = await deps.registrations.find(order.addressKey);
  if (!registration || (await deps.ending.end(registration)) === "refused") return outcome;
  const { id: userId, networkKey, domainKey, addressKey: missingMailbox } = registration;
  await deps.ending.chargeBounce({ networkKey, domainKey, missingMailbox });
  deps.recordSecurityEvent("user_deleted", { userId });
  return outcome;
};

/** Finds the account or pending registration that a reset code for this address may change. */
const ownerOf = async (
  addressKey: string,
  ownerId: string | undefined,
  deps: Deps,
): Promise<Person | undefined> => {
  if (ownerId === undefined) return deps.registrations.find(addressKey);
  const user = await deps.users.find(ownerId);
  return user?.status === "active" && user.addressKey === addressKey ? user : undefined;
};

/** Strangers can register any number of spellings of a mailbox, so their letters count together. */
const limitOf = (owner: Person, spellingOf: string | undefined) =>
  isAccount(owner) || spellingOf === undefined ? undefined : registrationResetLettersTo(spellingOf);

/** Only the mailer looks the account up: the response to the request must not reveal it. */
const sendPasswordReset = async (
  { addressKey, otpRequestId, spellingOf }: OrderOf<"password_reset">,
  deps: Deps,
) => {
  const { ownerId, held } = await holderOf(addressKey, deps);
  if (held) return sendHeld(addressKey, held, deps);
  const owner = await ownerOf(addressKey, ownerId, deps);
  if (!owner) return "no_account";
  const limit = limitOf(owner, spellingOf);
  if (limit && (await deps.limits.spend(limit)).outcome === "exhausted") return "covered";
  let outcome = "failed";
  try {
    outcome = await deps.resets.begin(owner, otpRequestId);
    const domainKey = isAccount(owner) ? undefined : owner.domainKey;
    const request = { pk: resetPk(addressKey), purpose: "reset", otpRequestId, domainKey } as const;
    if (outcome === "begun") outcome = await deliverCode(request, "password_reset", deps);
  } finally {
    // A failed order comes again, and counts again.
    if (limit && outcome !== "sent") await deps.limits.giveBack(limit);
  }
  if (outcome === "sent") deps.recordSecurityEvent("reset_sent", { userId: owner.id });
  return outcome;
};

// Notifies the old address first: the code for the new one is sent only after the owner knows. If
// the new address is taken or held for another account, its owner gets a notice instead of a code.
const sendEmailChange = async (order: OrderOf<"email_change">, deps: Deps) => {
  const { userId, otpRequestId } = order;
  const change = await deps.addressChanges.find(userId);
  if (change?.otpRequestId !== otpRequestId) return "superseded";
  const undo = { pk: emailUndoPk(change.oldAddressKey), purpose: "email_undo", otpRequestId } as const;
  // "superseded" is no failure: an earlier attempt of this order has sent the letter.
  if (change.withUndo)
    await deliverCode(undo, "email_changing", {
      ...deps,
      lifetimeSeconds: undoSeconds,
    });
  else if (change.moveId === undefined)
    await deliverNotice(userId, "email_changing_again", { duration: undoSeconds }, deps);

  const pk = emailChangePk(userId);
  const { ownerId, held } = await holderOf(change.addressKey, deps);
  if (ownerId !== undefined) await deliverNotice(ownerId, "address_wanted", {}, deps);
  else if (held && held.userId !== userId) await sendHeld(change.addressKey, held, deps);
  // The owner of a lost mailbox doesn't wait for the code in front of a screen.
  else if (change.moveId === undefined && secondsLeftOf(order, deps.nowSeconds()) < 0) return "too_old";
  else return deliverCode({ pk, purpose: "email_change", otpRequestId }, "email_change", deps);
  await deps.codes.retire(pk, otpRequestId);
  return "taken";
};

/**
 * Codes are created here, so that no other function sees them. A request is retired after sending,
 * so that a message delivered twice sends one letter. A crash between the two steps sends a second
 * one, because SES has no idempotency.
 */
export const dispatchLetter = async (order: LetterOrder, deps: Deps): Promise<string> => {
  switch (order.kind) {
    case "activation":
      return sendActivation(order, deps);
    case "invitation":
      return sendInvitation(order, deps);
    case "login": {
      const { userId, otpRequestId } = order;
      const request = { pk: userPk(userId), purpose: "login", otpRequestId } as const;
      return deliverCode(request, "login", deps);
    }
    case "email_change":
      return sendEmailChange(order, deps);
    case "email_change_undone":
      return sendUndone(order.userId, deps);
    case "password_reset":
      return sendPasswordReset(order, deps);
    case "password_changed":
      return deliverNotice(
        order.userId,
        order.byReset ? "password_changed_by_reset" : "password_changed",
        {},
        deps,
      );
    case "goodbye":
      return sendGoodbye(order.userId, deps);
    case "session_replayed":
      return deliverNotice(order.userId, "session_replayed", {}, deps);
    case "rank_changed":
      return deliverNotice(order.userId, order.isStaff ? "rank_raised" : "rank_lowered", {}, deps);
    case "address_move_started":
      return sendMoveStarted(order, deps);
    case "address_move_due": {
      const { userId, moveId } = order;
      const outcome = await awaitMove({ userId, moveId }, deps);
      if (outcome !== "due") return outcome;
      return sendEmailChange({ kind: "email_change", userId, otpRequestId: moveId }, deps);
    }
    case "address_move_cancelled":
      return deliverNotice(order.userId, "move_cancelled", {}, deps);
    default:
      return order satisfies never;
  }
};
