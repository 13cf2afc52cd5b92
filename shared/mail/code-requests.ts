// Requests for six-digit codes. The previous code becomes invalid at once, then the mailer is asked
// to create and send a new one. They return `false` and queue nothing if the account or
// registration has changed meanwhile.
import { randomUUID } from "node:crypto";
import type { CodeStore } from "../codes/code-store.ts";
import type { Registration, User } from "../store/user-items.ts";
import type { enqueueLetter } from "./mail-queue.ts";

type Deps<Restart extends keyof CodeStore> = {
  codes: Pick<CodeStore, Restart>;
  enqueueLetter: typeof enqueueLetter;
};

/**
 * `passwordHash` is the current hash, after an upgrade. `meanwhile` runs in parallel with the
 * write. The order is queued after both, so that a call that fails sends no letter.
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
