import type { AddressUndoStore } from "../accounts/address-undo-store.ts";
import type { UserStore } from "../accounts/user-store.ts";
import type { CodeStore } from "../codes/code-store.ts";
import { shownCode, type codeDigest, type CodePurpose, type createCode } from "../codes/codes.ts";
import type { LetterStops } from "../delivery/letter-stops.ts";
import type { Locale } from "../identity/locale.ts";
import type { CodeLetterName, LetterName, More } from "../letters/letter-names.ts";
import { renderLetter } from "../letters/render-letter.ts";
import type { Clock } from "../platform/clock.ts";
import { undoableUntil, type EmailUndo } from "../store/address-items.ts";
import type { CodeHolder } from "../store/user-items.ts";
import type { Recipient } from "./recipient.ts";
import type { sendEmail } from "./ses.ts";

export type DeliveryDeps = {
  users: Pick<UserStore, "find">;
  codes: Pick<CodeStore, "issue" | "retire">;
  stops: LetterStops;
  createCode: typeof createCode;
  codeDigest: typeof codeDigest;
  sendEmail: typeof sendEmail;
  nowSeconds: Clock;
  product: string;
  defaultLocale: Locale;
  lifetimeSeconds: number;
};

/** `domainKey` marks the letter as unproven, where the item of the code doesn't have it. */
type CodeRequest = {
  pk: string;
  purpose: CodePurpose;
  otpRequestId: string;
  domainKey?: string | undefined;
};

/** Creates and sends a code. Its lifetime starts now, however long the order has waited. */
export const deliverCode = async (
  { pk, purpose, otpRequestId, domainKey }: CodeRequest,
  letter: CodeLetterName | ((holder: CodeHolder) => CodeLetterName),
  deps: DeliveryDeps,
) => {
  const code = deps.createCode(purpose);
  const time = deps.nowSeconds();
  const { lifetimeSeconds: duration, product, defaultLocale } = deps;
  const slot = purpose === "invitation" ? "invite" : "otp";
  const otpDigest = await deps.codeDigest(pk, purpose, code);
  const holder = await deps.codes.issue(pk, { otpRequestId, otpDigest, otpExpiresAt: time + duration }, slot);
  if (holder === "superseded") return "superseded";
  const to = slot === "invite" ? { ...holder, domainKey: undefined } : { domainKey, ...holder };
  const held = purpose !== "email_undo" && (await deps.stops.holdBack(to));
  if (held) {
    await deps.codes.retire(pk, otpRequestId, { unsent: true, slot });
    return held;
  }
  const name = typeof letter === "string" ? letter : letter(holder);
  const values = { product, time, duration, code: shownCode(code) };
  await deps.sendEmail(holder, name, renderLetter(name, values, { locale: holder.locale, defaultLocale }));
  await deps.codes.retire(pk, otpRequestId, { slot });
  return "sent";
};

type NoticeDeps = Pick<DeliveryDeps, "sendEmail" | "product" | "defaultLocale" | "nowSeconds">;
type NoticeName = Exclude<LetterName, CodeLetterName>;

export const deliverNoticeTo = async <Name extends NoticeName>(
  to: Recipient,
  name: Name,
  more: More<Name>,
  { sendEmail, product, defaultLocale, nowSeconds }: NoticeDeps,
) => {
  const values = { ...more, product, time: nowSeconds() };
  await sendEmail(to, name, renderLetter(name, values, { locale: to.locale, defaultLocale }));
};

export const deliverNotice = async <Name extends NoticeName>(
  userId: string,
  name: Name,
  more: More<Name>,
  deps: DeliveryDeps,
) => {
  const owner = await deps.users.find(userId);
  if (!owner) return "superseded";
  await deliverNoticeTo(owner, name, more, deps);
  return "sent";
};

type HolderDeps = { users: Pick<UserStore, "findIdByAddress">; undoing: Pick<AddressUndoStore, "find"> };

/** Finds the account that has this address or, if none has it, the account that it is held for. */
export const holderOf = async (addressKey: string, deps: HolderDeps) => {
  const ownerId = await deps.users.findIdByAddress(addressKey);
  return { ownerId, held: ownerId === undefined ? await deps.undoing.find(addressKey) : undefined };
};

/** Sends a notice instead of a code: a code for a held address couldn't be used. */
export const sendHeld = async (addressKey: string, undo: EmailUndo, deps: NoticeDeps) => {
  const { email, locale } = undo;
  const until = undoableUntil(undo, deps.nowSeconds());
  // No one can return to a replaced address, and the holder of its mailbox may be a thief.
  if (email !== undefined)
    await deliverNoticeTo({ email, addressKey, locale }, "address_held", { until }, deps);
  return "held";
};
