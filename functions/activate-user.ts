import { activationStore, type ActivationStore } from "../shared/accounts/activation-store.ts";
import { decoyRegistration } from "../shared/accounts/decoys.ts";
import { registrationStore, type RegistrationStore } from "../shared/accounts/registration-store.ts";
import { profileIn, shownUser } from "../shared/accounts/user-fields.ts";
import { codeDigests, isLongCode, type CodeDigests } from "../shared/codes/codes.ts";
import * as contract from "../shared/contract/account-operations.ts";
import { ApiError, FieldErrors, usernameTaken } from "../shared/contract/errors.ts";
import { endpoint, type Call } from "../shared/http/endpoint.ts";
import { pseudonyms, type Pseudonyms } from "../shared/identity/pseudonyms.ts";
import { deviceTokens, type DeviceTokens } from "../shared/limits/device-tokens.ts";
import { codeGuess } from "../shared/limits/guess-limits.ts";
import { guessSubject } from "../shared/limits/guess-subject.ts";
import { limitStore, requireWithin, type LimitStore } from "../shared/limits/limit-store.ts";
import { passwordHasher, type PasswordHasher } from "../shared/passwords/password-hash.ts";
import { recordSecurityEvent } from "../shared/platform/security-log.ts";

type Deps = {
  registrations: Pick<RegistrationStore, "findWithHold">;
  activations: Pick<ActivationStore, "passwordProblems" | "activate">;
  limits: Pick<LimitStore, "spendAll" | "giveBack" | "succeed">;
  deviceTokens: DeviceTokens;
  pseudonyms: Pick<Pseudonyms, "ofAddress" | "ofNetwork" | "decoyId">;
  codeDigests: Pick<CodeDigests, "activation" | "invitation">;
  hasher: Pick<PasswordHasher, "hash">;
  recordSecurityEvent: typeof recordSecurityEvent;
};

/**
 * Unknown addresses run the same transaction with a decoy and fail on the same condition. What the
 * caller brings is judged only if the code is right, and a refusal leaves the code valid. The long
 * code of an invitation can't be guessed, so no guesses of strangers can keep its owner from it.
 */
export const activateUser = async (call: Call<typeof contract.activateUser>, deps: Deps) => {
  const { email, otp_code: code, password } = call.body;
  const addressKey = await deps.pseudonyms.ofAddress(email);
  const decoy = decoyRegistration(addressKey, await deps.pseudonyms.decoyId(email));
  const [slot, purpose] = isLongCode(code)
    ? (["invite", "invitation"] as const)
    : (["otp", "activation"] as const);
  // Without a count of guesses, each try counts for its network, from a known device too.
  const caller = slot === "otp" ? call : { ...call, deviceToken: undefined };
  const { subject, networkLimits } = await guessSubject(addressKey, caller, deps);
  const guesses = slot === "otp" ? [codeGuess("activation", subject)] : [];
  const [spent, { registration = decoy, hold }] = await Promise.all([
    deps.limits.spendAll([...guesses, ...networkLimits]),
    deps.registrations.findWithHold(addressKey),
  ]);
  requireWithin(spent, { userId: registration.id });

  const digests = await deps.codeDigests[purpose](addressKey, code);
  const passwordHash = password === undefined ? undefined : await deps.hasher.hash(password);
  const brought = { ...profileIn(call.body), ...(passwordHash && { passwordHash }) };
  const owner = { email, brought, slot };
  const problems = await deps.activations.passwordProblems(password, registration, owner, digests);
  if (problems.length > 0) {
    await Promise.all(guesses.map((guess) => deps.limits.giveBack(guess)));
    throw new FieldErrors({ password: problems });
  }
  const user = await deps.activations.activate(registration, owner, digests, call.invocationId, { hold });
  if (user === "refused") throw new ApiError("activation_refused", { userId: registration.id });
  // The attempt stays counted, so that a code doesn't serve to find out which usernames exist.
  if (user === "username_taken") throw new FieldErrors({ username: [usernameTaken] });
  await Promise.all(guesses.map((guess) => deps.limits.succeed(guess)));
  deps.recordSecurityEvent("activated", { userId: user.id });
  return { ...shownUser(user), deviceToken: await deps.deviceTokens.issue(addressKey, call.invocationId) };
};

export const handler = await endpoint(contract.activateUser, activateUser, () => ({
  registrations: registrationStore(),
  activations: activationStore(),
  limits: limitStore(),
  deviceTokens: deviceTokens(),
  pseudonyms,
  codeDigests,
  hasher: passwordHasher,
  recordSecurityEvent,
}));
