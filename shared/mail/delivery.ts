/** How a letter leaves, whatever it says: with a code that is made for it, or as a notice. */
import type { Clock } from "../platform/clock.ts";
import type { CodeStore } from "../codes/code-store.ts";
import { shownCode, type codeDigest, type CodePurpose, type createCode } from "../codes/codes.ts";
import type { CodeLetter, Letter, NoticeLetter } from "./letter-layout.ts";
import type { sendEmail } from "./ses.ts";
import type { UserStore } from "../accounts/user-store.ts";

export type SendingDeps = {
  users: Pick<UserStore, "find">;
  codes: Pick<CodeStore, "issue" | "retire">;
  createCode: typeof createCode;
  codeDigest: typeof codeDigest;
  sendEmail: typeof sendEmail;
  nowSeconds: Clock;
  product: string;
  lifetimeSeconds: number;
};

/** Makes a code, lets it live from this moment on, however long the order waited, and sends it. */
export const sendCode = async (
  { pk, purpose, otpRequestId }: { pk: string; purpose: CodePurpose; otpRequestId: string },
  letterFor: (letter: CodeLetter) => Letter,
  deps: SendingDeps,
) => {
  const code = deps.createCode(purpose);
  const sentAtSeconds = deps.nowSeconds();
  const { lifetimeSeconds, product } = deps;
  const bearer = await deps.codes.issue(pk, {
    otpRequestId,
    otpDigest: await deps.codeDigest(pk, purpose, code),
    otpExpiresAt: sentAtSeconds + lifetimeSeconds,
  });
  if (bearer === "superseded") return "superseded";
  await deps.sendEmail(
    bearer.email,
    letterFor({ code: shownCode(code), sentAtSeconds, lifetimeSeconds, product }),
  );
  await deps.codes.retire(pk, otpRequestId);
  return "sent";
};

/** Tells whoever reads this mailbox something. */
export const postNotice = async (
  email: string,
  letterFor: (letter: NoticeLetter) => Letter,
  deps: Pick<SendingDeps, "sendEmail" | "product" | "nowSeconds">,
) => deps.sendEmail(email, letterFor({ product: deps.product, sentAtSeconds: deps.nowSeconds() }));

/** Tells an account's owner something; nobody is told anything if the account is gone. */
export const sendNotice = async (
  userId: string,
  letterFor: (letter: NoticeLetter) => Letter,
  deps: SendingDeps,
) => {
  const owner = await deps.users.find(userId);
  if (!owner) return "superseded";
  await postNotice(owner.email, letterFor, deps);
  return "sent";
};
