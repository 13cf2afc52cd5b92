import { randomUUID } from "node:crypto";
import { nowSeconds, type Clock } from "../shared/clock.ts";
import { contract } from "../shared/contract.ts";
import { endpoint, type Call } from "../shared/endpoint.ts";
import { environment } from "../shared/environment.ts";
import { ApiError, FieldErrors } from "../shared/errors.ts";
import { shownUser } from "../shared/items.ts";
import { addressKey, mailboxKey } from "../shared/keys.ts";
import { letterKey, letterRules, limitStore, type LimitStore, type Rule } from "../shared/limits.ts";
import { enqueueLetter } from "../shared/mail-queue.ts";
import { passwordProblems } from "../shared/password-rules.ts";
import { hashPassword } from "../shared/passwords.ts";
import { registrationStore, type RegistrationStore } from "../shared/registrations.ts";

type Deps = {
  registrations: Pick<RegistrationStore, "register">;
  limits: Pick<LimitStore, "spend" | "giveBack">;
  letterRules: readonly Rule[];
  addressKey: typeof addressKey;
  mailboxKey: typeof mailboxKey;
  hashPassword: typeof hashPassword;
  enqueueLetter: typeof enqueueLetter;
  nowSeconds: Clock;
  unactivatedAccountDays: number;
};

const daySeconds = 86_400;

/**
 * Registers somebody who has not proven the address yet. Whether the address already has an account is not looked at: the
 * same writes, the same time, the same answer. The mailer finds out, and tells the owner of a taken address instead.
 */
export const createUser = async ({ body }: Call<typeof contract.createUser>, deps: Deps) => {
  const { username, email, password, first_name: firstName, last_name: lastName } = body;
  const problems = await passwordProblems(password, { username, email, firstName, lastName });
  if (problems.length > 0) throw new FieldErrors({ password: problems });
  const letters = letterKey(await deps.mailboxKey(email));
  const letter = await deps.limits.spend(letters, deps.letterRules);
  if (letter.outcome === "exhausted") throw new ApiError("too_many_letters", letter);

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
    // No letter leaves: whoever looks for a free name must not run out of letters.
    await deps.limits.giveBack(letters, deps.letterRules);
    throw new FieldErrors({ username: ["A user with that username already exists."] });
  }

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
  letterRules: letterRules(),
  addressKey,
  mailboxKey,
  hashPassword,
  enqueueLetter,
  nowSeconds,
  unactivatedAccountDays: environment("UNACTIVATED_ACCOUNT_DAYS").UNACTIVATED_ACCOUNT_DAYS,
}));
