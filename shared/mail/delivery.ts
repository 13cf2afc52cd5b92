import type { UserStore } from "../accounts/user-store.ts";
import type { CodeStore } from "../codes/code-store.ts";
import { shownCode, type codeDigest, type CodePurpose, type createCode } from "../codes/codes.ts";
import type { LetterStops } from "../delivery/letter-stops.ts";
import type { Clock } from "../platform/clock.ts";
import type { CodeHolder } from "../store/user-items.ts";
import type { CodeLetter, Letter, NoticeLetter } from "./letter-layout.ts";
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
  kind: string | ((holder: CodeHolder) => string),
  letterFor: (letter: CodeLetter, holder: CodeHolder) => Letter,
  deps: DeliveryDeps,
) => {
  const code = deps.createCode(purpose);
  const sentAtSeconds = deps.nowSeconds();
  const { lifetimeSeconds, product } = deps;
  const holder = await deps.codes.issue(pk, {
    otpRequestId,
    otpDigest: await deps.codeDigest(pk, purpose, code),
    otpExpiresAt: sentAtSeconds + lifetimeSeconds,
  });
  if (holder === "superseded") return "superseded";
  if (purpose !== "email_undo" && (await deps.stops.holdBack({ domainKey, ...holder }))) {
    await deps.codes.retire(pk, otpRequestId, { unsent: true });
    return "stopped";
  }
  await deps.sendEmail(
    holder,
    typeof kind === "string" ? kind : kind(holder),
    letterFor({ code: shownCode(code), sentAtSeconds, lifetimeSeconds, product }, holder),
  );
  await deps.codes.retire(pk, otpRequestId);
  return "sent";
};

export const deliverNoticeTo = async (
  to: Recipient,
  kind: string,
  letterFor: (letter: NoticeLetter) => Letter,
  deps: Pick<DeliveryDeps, "sendEmail" | "product" | "nowSeconds">,
) => deps.sendEmail(to, kind, letterFor({ product: deps.product, sentAtSeconds: deps.nowSeconds() }));

export const deliverNotice = async (
  userId: string,
  kind: string,
  letterFor: (letter: NoticeLetter) => Letter,
  deps: DeliveryDeps,
) => {
  const owner = await deps.users.find(userId);
  if (!owner) return "superseded";
  await deliverNoticeTo(owner, kind, letterFor, deps);
  return "sent";
};
