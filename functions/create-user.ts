import { randomUUID } from "node:crypto";
import { nowSeconds, type Clock } from "../shared/platform/clock.ts";
import { contract } from "../shared/contract/contract.ts";
import { endpoint, type Call } from "../shared/http/endpoint.ts";
import { variable } from "../shared/platform/environment.ts";
import { ApiError, FieldErrors } from "../shared/contract/errors.ts";
import { addressKey, mailboxKey, networkKey } from "../shared/identity/pseudonyms.ts";
import { unprovenLetter } from "../shared/limits/limit-rules.ts";
import { limitStore, type LimitStore } from "../shared/limits/limit-store.ts";
import { enqueueLetter } from "../shared/mail/mail-queue.ts";
import { passwordProblems } from "../shared/passwords/password-rules.ts";
import { hashPassword } from "../shared/passwords/password-hash.ts";
import { registrationStore, type RegistrationStore } from "../shared/accounts/registration-store.ts";
import { recordSecurityEvent } from "../shared/platform/security-log.ts";
import { shownUser } from "../shared/accounts/user-fields.ts";

type Deps = {
  registrations: Pick<RegistrationStore, "register">;
  limits: Pick<LimitStore, "spendAll" | "giveBack">;
  addressKey: typeof addressKey;
  mailboxKey: typeof mailboxKey;
  networkKey: typeof networkKey;
  hashPassword: typeof hashPassword;
  enqueueLetter: typeof enqueueLetter;
  recordSecurityEvent: typeof recordSecurityEvent;
  nowSeconds: Clock;
  unactivatedAccountDays: number;
};

const daySeconds = 86_400;

/**
 * Registers somebody who has not proven the address yet. Whether the address already has an account is not looked at: the
 * same writes, the same time, the same answer. The mailer finds out, and tells the owner of a taken address instead.
 */
export const createUser = async ({ body, sourceIp }: Call<typeof contract.createUser>, deps: Deps) => {
  const { username, email, password, first_name: firstName, last_name: lastName } = body;
  const problems = await passwordProblems(password, { username, email, firstName, lastName });
  if (problems.length > 0) throw new FieldErrors({ password: problems });
  const letter = unprovenLetter(await deps.mailboxKey(email), await deps.networkKey(sourceIp));
  const spent = await deps.limits.spendAll(letter);
  if (spent.outcome === "exhausted") throw new ApiError(spent.refusal, spent);

  const now = deps.nowSeconds();
  const registration = {
    id: randomUUID(),
    username,
    email,
    firstName,
    lastName,
    addressKey: await deps.addressKey(email),
    passwordHash: await deps.hashPassword(password),
    otpRequestId: randomUUID(),
    createdAt: now,
    expiresAt: now + deps.unactivatedAccountDays * daySeconds,
  };
  const outcome = await deps.registrations.register(registration);
  if (outcome === "username_taken") {
    // No letter leaves: whoever looks for a free name must not run out of letters. His network may: each name costs a hash.
    const unspent = letter.filter(({ refusal }) => refusal !== "too_many_letters_from_network");
    await Promise.all(unspent.map((limit) => deps.limits.giveBack(limit)));
    throw new FieldErrors({ username: ["A user with that username already exists."] });
  }

  deps.recordSecurityEvent("registered", { userId: registration.id });
  await deps.enqueueLetter({
    kind: "activation",
    addressKey: registration.addressKey,
    otpRequestId: registration.otpRequestId,
  });
  return shownUser(registration);
};

export const handler = endpoint(contract.createUser, createUser, () => ({
  registrations: registrationStore(),
  limits: limitStore(),
  addressKey,
  mailboxKey,
  networkKey,
  hashPassword,
  enqueueLetter,
  recordSecurityEvent,
  nowSeconds,
  unactivatedAccountDays: variable("UNACTIVATED_ACCOUNT_DAYS"),
}));
