/**
 * Requests for six-digit codes: the older code dies at once, then the mailer is told to make and
 * send a new one. Each returns `false` if the account or registration has changed meanwhile; then
 * nothing is queued.
 */
import { randomUUID } from "node:crypto";
import type { CodeStore } from "../codes/code-store.ts";
import type { Registration, User } from "../store/user-items.ts";
import type { enqueueLetter } from "./mail-queue.ts";

type Deps<Restart extends keyof CodeStore> = {
  codes: Pick<CodeStore, Restart>;
  enqueueLetter: typeof enqueueLetter;
};

/**
 * `passwordHash`: the one that the account has now, after an upgrade. `meanwhile` runs beside the
 * write; nothing is queued until both have succeeded, so that no letter leaves after a failure that
 * the caller is told of.
 */
export const requestLoginCode = async (
  { id: userId }: User,
  passwordHash: string,
  meanwhile: () => Promise<void>,
  deps: Deps<"restartLogin">,
): Promise<boolean> => {
  const otpRequestId = randomUUID();
  const restart = deps.codes.restartLogin(userId, passwordHash, otpRequestId);
  const [restarted] = await Promise.all([restart, meanwhile()]);
  if (restarted === "refused") return false;
  await deps.enqueueLetter({ kind: "login", userId, otpRequestId });
  return true;
};

export const requestActivationCode = async (
  { addressKey, passwordHash }: Registration,
  deps: Deps<"restartActivation">,
): Promise<boolean> => {
  const otpRequestId = randomUUID();
  if ((await deps.codes.restartActivation(addressKey, passwordHash, otpRequestId)) === "refused")
    return false;
  await deps.enqueueLetter({ kind: "activation", addressKey, otpRequestId });
  return true;
};
