import { randomUUID } from "node:crypto";
import { registrationStore, type RegistrationStore } from "../shared/accounts/registration-store.ts";
import { newProfile, shownUser } from "../shared/accounts/user-fields.ts";
import * as contract from "../shared/contract/account-operations.ts";
import { FieldErrors, usernameTaken } from "../shared/contract/errors.ts";
import { endpoint, type Call } from "../shared/http/endpoint.ts";
import { acceptedLocale } from "../shared/identity/accepted-locale.ts";
import { pseudonyms, type Pseudonyms } from "../shared/identity/pseudonyms.ts";
import { registrationChallenge, spendToldLimits } from "../shared/limits/challenge.ts";
import { giveBackLetter, registrationLetter, spendMailbox } from "../shared/limits/letter-limits.ts";
import { limitStore, type LimitStore } from "../shared/limits/limit-store.ts";
import { enqueueLetter } from "../shared/mail/mail-queue.ts";
import { passwordHasher, type PasswordHasher } from "../shared/passwords/password-hash.ts";
import { requireGoodPassword } from "../shared/passwords/password-rules.ts";
import { day, nowSeconds, type Clock } from "../shared/platform/clock.ts";
import { variable } from "../shared/platform/environment.ts";
import { recordSecurityEvent } from "../shared/platform/security-log.ts";

type Deps = {
  registrations: Pick<RegistrationStore, "find" | "reserve" | "register">;
  limits: Pick<LimitStore, "spend" | "spendAll" | "giveBack">;
  pseudonyms: Pick<Pseudonyms, "ofRegistration" | "registrationSalt">;
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
export const createUser = async (call: Call<typeof contract.createUser>, deps: Deps) => {
  const { username, email, password } = call.body;
  const person = { ...newProfile(call.body), username, email };
  await requireGoodPassword("password", password, person);
  const { mailboxKey, ...keys } = await deps.pseudonyms.ofRegistration(email, call.sourceIp);
  const { addressKey, networkKey } = keys;
  const letter = registrationLetter(mailboxKey, networkKey);
  const [waiting] = await Promise.all([
    deps.registrations.find(addressKey),
    spendToldLimits(letter, registrationChallenge(call.body.challenge_token), deps.limits),
  ]);
  const now = deps.nowSeconds();
  const named = {
    ...person,
    locale: person.locale ?? acceptedLocale(call.acceptLanguage),
    id: randomUUID(),
    ...keys,
    createdAt: now,
    expiresAt: now + deps.unactivatedAccountDays * day,
  };
  const [passwordHash, outcome, reserved] = await Promise.all([
    deps.pseudonyms.registrationSalt(addressKey).then((salt) => deps.hasher.hash(password, salt)),
    spendMailbox(letter, deps.limits),
    deps.registrations.reserve(named),
  ]);
  const otpRequestId = outcome === "covered" ? undefined : randomUUID();
  const registration = { ...named, passwordHash, ...(otpRequestId && { otpRequestId }) };
  if ((await deps.registrations.register(registration, waiting, reserved)) === "username_taken") {
    // No letter is sent, so the search for a free name must not use up letters.
    if (otpRequestId) await giveBackLetter(letter, deps.limits);
    throw new FieldErrors({ username: [usernameTaken] });
  }
  deps.recordSecurityEvent("registered", { userId: registration.id });
  if (otpRequestId) await deps.enqueueLetter({ kind: "activation", addressKey, otpRequestId });
  return shownUser(registration);
};

export const handler = await endpoint(contract.createUser, createUser, () => ({
  registrations: registrationStore(),
  limits: limitStore(),
  pseudonyms,
  hasher: passwordHasher,
  enqueueLetter,
  recordSecurityEvent,
  nowSeconds,
  unactivatedAccountDays: variable("UNACTIVATED_ACCOUNT_DAYS"),
}));
