import { randomUUID } from "node:crypto";
import { registrationStore, type RegistrationStore } from "../shared/accounts/registration-store.ts";
import { shownUser } from "../shared/accounts/user-fields.ts";
import { contract } from "../shared/contract/contract.ts";
import { FieldErrors, usernameTaken } from "../shared/contract/errors.ts";
import { endpoint, type Call } from "../shared/http/endpoint.ts";
import { pseudonyms, type Pseudonyms } from "../shared/identity/pseudonyms.ts";
import { unprovenLetter } from "../shared/limits/letter-limits.ts";
import { limitStore, requireWithin, type LimitStore } from "../shared/limits/limit-store.ts";
import { enqueueLetter } from "../shared/mail/mail-queue.ts";
import { passwordHasher, type PasswordHasher } from "../shared/passwords/password-hash.ts";
import { requireGoodPassword } from "../shared/passwords/password-rules.ts";
import { day, nowSeconds, type Clock } from "../shared/platform/clock.ts";
import { variable } from "../shared/platform/environment.ts";
import { recordSecurityEvent } from "../shared/platform/security-log.ts";

type Deps = {
  registrations: Pick<RegistrationStore, "register">;
  limits: Pick<LimitStore, "spendAll" | "giveBack">;
  pseudonyms: Pick<Pseudonyms, "ofAddress" | "ofMailbox" | "ofNetwork">;
  hasher: Pick<PasswordHasher, "hash">;
  enqueueLetter: typeof enqueueLetter;
  recordSecurityEvent: typeof recordSecurityEvent;
  nowSeconds: Clock;
  unactivatedAccountDays: number;
};

/**
 * Doesn't check whether the address has an account, so the response and its time reveal nothing.
 * The mailer checks it and informs the owner of a taken address instead.
 */
export const createUser = async ({ body, sourceIp }: Call<typeof contract.createUser>, deps: Deps) => {
  const { username, email, password, first_name: firstName, last_name: lastName } = body;
  const person = { username, email, firstName, lastName };
  await requireGoodPassword("password", password, person);
  const { ofAddress, ofMailbox, ofNetwork } = deps.pseudonyms;
  const letter = unprovenLetter(await ofMailbox(email), await ofNetwork(sourceIp));
  requireWithin(await deps.limits.spendAll(letter));

  const now = deps.nowSeconds();
  const [addressKey, otpRequestId] = [await ofAddress(email), randomUUID()];
  const registration = {
    ...person,
    id: randomUUID(),
    addressKey,
    passwordHash: await deps.hasher.hash(password),
    otpRequestId,
    createdAt: now,
    expiresAt: now + deps.unactivatedAccountDays * day,
  };
  if ((await deps.registrations.register(registration)) === "username_taken") {
    // No letter is sent, so the search for a free name must not use up letters. The network's limit
    // isn't given back, because each attempt costs a hash.
    const unspent = letter.filter(({ refusal }) => refusal !== "too_many_letters_from_network");
    await Promise.all(unspent.map((limit) => deps.limits.giveBack(limit)));
    throw new FieldErrors({ username: [usernameTaken] });
  }
  deps.recordSecurityEvent("registered", { userId: registration.id });
  await deps.enqueueLetter({ kind: "activation", addressKey, otpRequestId });
  return shownUser(registration);
};

export const handler = endpoint(contract.createUser, createUser, () => ({
  registrations: registrationStore(),
  limits: limitStore(),
  pseudonyms,
  hasher: passwordHasher,
  enqueueLetter,
  recordSecurityEvent,
  nowSeconds,
  unactivatedAccountDays: variable("UNACTIVATED_ACCOUNT_DAYS"),
}));
