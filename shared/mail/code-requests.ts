// Orders of six-digit codes. The previous code becomes invalid at once, then the mailer is asked to
// create and send a new one. `covered` means that no letter may leave, because the previous code is
// still valid. `refused` means that the account or registration has changed meanwhile.
import { randomUUID } from "node:crypto";
import type { CodeStore } from "../codes/code-store.ts";
import type { Pseudonyms } from "../identity/pseudonyms.ts";
import { registrationLetter, spendLetter } from "../limits/letter-limits.ts";
import { requireWithin, type LimitStore } from "../limits/limit-store.ts";
import type { PasswordProof } from "../passwords/password-proof.ts";
import type { Registration, User } from "../store/user-items.ts";
import type { enqueueLetter } from "./mail-queue.ts";

type Deps<Restart extends keyof CodeStore> = {
  codes: Pick<CodeStore, Restart>;
  enqueueLetter: typeof enqueueLetter;
};

type Ordered = "ordered" | "covered" | "refused";

/**
 * `meanwhile` runs in parallel with the write. The order is queued after both, so that a call that
 * fails sends no letter.
 */
export const orderSignInCode = async (
  user: User,
  {
    password,
    mayLeave,
    meanwhile,
  }: { password: string; mayLeave: boolean; meanwhile: () => Promise<unknown> },
  deps: Deps<"restartLogin"> & { passwords: Pick<PasswordProof, "upgrade"> },
): Promise<Ordered> => {
  const passwordHash = await deps.passwords.upgrade(user, password);
  if (!mayLeave) {
    await meanwhile();
    return "covered";
  }
  const otpRequestId = randomUUID();
  const restart = deps.codes.restartLogin(user.id, passwordHash, otpRequestId);
  const [restarted] = await Promise.all([restart, meanwhile()]);
  if (restarted === "refused") return "refused";
  await deps.enqueueLetter({ kind: "login", userId: user.id, otpRequestId });
  return "ordered";
};

/** The limit comes first: if no new letter leaves, the older code must stay valid. */
export const orderActivationCode = async (
  registration: Registration,
  { sourceIp, meanwhile }: { sourceIp: string; meanwhile: () => Promise<unknown> },
  deps: Deps<"restartActivation"> & {
    limits: Pick<LimitStore, "spend" | "spendAll" | "giveBack">;
    pseudonyms: Pick<Pseudonyms, "ofMailbox" | "ofNetwork">;
  },
): Promise<Ordered> => {
  const { ofMailbox, ofNetwork } = deps.pseudonyms;
  const letter = registrationLetter(await ofMailbox(registration.email), await ofNetwork(sourceIp));
  const [spent] = await Promise.all([spendLetter(letter, deps.limits), meanwhile()]);
  requireWithin(spent, { userId: registration.id });
  return spent.outcome === "covered" ? "covered" : requestActivationCode(registration, deps);
};

export const requestActivationCode = async (
  { addressKey, passwordHash }: Registration,
  deps: Deps<"restartActivation">,
): Promise<"ordered" | "refused"> => {
  const otpRequestId = randomUUID();
  if ((await deps.codes.restartActivation(addressKey, passwordHash, otpRequestId)) === "refused")
    return "refused";
  await deps.enqueueLetter({ kind: "activation", addressKey, otpRequestId });
  return "ordered";
};
