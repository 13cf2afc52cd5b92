// Orders of six-digit codes. The previous code becomes invalid at once, then the mailer is asked to
// create and send a new one. `covered` means that no letter may leave, because the previous code is
// still valid. `refused` means that the account or registration has changed meanwhile.
import { randomUUID } from "node:crypto";
import type { CodeStore } from "../codes/code-store.ts";
import type { Pseudonyms } from "../identity/pseudonyms.ts";
import type { Limit } from "../limits/counters.ts";
import {
  giveBackLetter,
  registrationLetter,
  signInLettersFor,
  spendLetter,
} from "../limits/letter-limits.ts";
import type { LimitStore } from "../limits/limit-store.ts";
import type { PasswordProof } from "../passwords/password-proof.ts";
import type { Registration, User } from "../store/user-items.ts";
import type { enqueueLetter } from "./mail-queue.ts";

type Deps<Restart extends keyof CodeStore> = {
  codes: Pick<CodeStore, Restart>;
  enqueueLetter: typeof enqueueLetter;
};

type Ordered = "ordered" | "covered" | "refused";

type SignInDeps = Deps<"restartLogin"> & {
  limits: Pick<LimitStore, "spend" | "giveBack">;
  passwords: Pick<PasswordProof, "upgrade">;
};

export const orderSignInCode = async (
  user: User,
  { password, subject, guess }: { password: string; subject: string; guess: Limit },
  deps: SignInDeps,
): Promise<Ordered> => {
  const passwordHash = await deps.passwords.upgrade(user, password);
  const letters = signInLettersFor(subject);
  const spent = await deps.limits.spend(letters, guess);
  if (spent.outcome === "exhausted") return "covered";
  const otpRequestId = randomUUID();
  if ((await deps.codes.restartLogin(user.id, passwordHash, otpRequestId)) === "refused") {
    await deps.limits.giveBack(letters);
    return "refused";
  }
  await deps.enqueueLetter({ kind: "login", userId: user.id, otpRequestId });
  return "ordered";
};

/** The limit comes first: if no new letter leaves, the older code must stay valid. */
export const orderActivationCode = async (
  registration: Registration,
  { sourceIp, guess }: { sourceIp: string; guess: Limit },
  deps: Deps<"restartActivation"> & {
    limits: Pick<LimitStore, "spend" | "spendAll" | "giveBack">;
    pseudonyms: Pick<Pseudonyms, "ofMailbox" | "ofNetwork">;
  },
): Promise<Ordered> => {
  const { ofMailbox, ofNetwork } = deps.pseudonyms;
  const letter = registrationLetter(await ofMailbox(registration.email), await ofNetwork(sourceIp));
  const [outcome] = await Promise.all([
    spendLetter(letter, deps.limits, { userId: registration.id }),
    deps.limits.giveBack(guess),
  ]);
  if (outcome === "covered") return outcome;
  const requested = await requestActivationCode(registration, deps);
  if (requested === "refused") await giveBackLetter(letter, deps.limits);
  return requested;
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
