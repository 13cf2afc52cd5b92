import { decoyRegistration } from "../shared/accounts/decoys.ts";
import { registrationStore, type RegistrationStore } from "../shared/accounts/registration-store.ts";
import { shownUser } from "../shared/accounts/user-fields.ts";
import { codeDigests, type CodeDigests } from "../shared/codes/codes.ts";
import { contract } from "../shared/contract/contract.ts";
import { ApiError } from "../shared/contract/errors.ts";
import { endpoint, type Call } from "../shared/http/endpoint.ts";
import { pseudonyms, type Pseudonyms } from "../shared/identity/pseudonyms.ts";
import { deviceTokens, type DeviceTokens } from "../shared/limits/device-tokens.ts";
import { codeGuess } from "../shared/limits/guess-limits.ts";
import { guessSubject } from "../shared/limits/guess-subject.ts";
import { limitStore, requireWithin, type LimitStore } from "../shared/limits/limit-store.ts";
import { recordSecurityEvent } from "../shared/platform/security-log.ts";

type Deps = {
  registrations: Pick<RegistrationStore, "find" | "activate">;
  limits: Pick<LimitStore, "spendAll" | "clearing">;
  deviceTokens: DeviceTokens;
  pseudonyms: Pick<Pseudonyms, "ofAddress" | "ofNetwork" | "decoyId">;
  codeDigests: Pick<CodeDigests, "activation">;
  recordSecurityEvent: typeof recordSecurityEvent;
};

/** Unknown addresses run the same transaction with a decoy and fail on the same condition. */
export const activateUser = async (call: Call<typeof contract.activateUser>, deps: Deps) => {
  const { email, otp_code: code } = call.body;
  const addressKey = await deps.pseudonyms.ofAddress(email);
  const decoy = decoyRegistration(addressKey, await deps.pseudonyms.decoyId(email));
  const { subject, networkLimits } = await guessSubject(addressKey, call, deps);
  const guess = codeGuess("activation", subject);
  const [spent, registration = decoy] = await Promise.all([
    deps.limits.spendAll([guess, ...networkLimits]),
    deps.registrations.find(addressKey),
  ]);
  const { id: userId } = registration;
  requireWithin(spent, { userId });

  const digests = await deps.codeDigests.activation(addressKey, code);
  const user = await deps.registrations.activate(registration, digests, call.invocationId, [
    deps.limits.clearing(guess.key),
  ]);
  if (user === "refused") throw new ApiError("activation_refused", { userId });
  deps.recordSecurityEvent("activated", { userId });
  return { ...shownUser(user), deviceToken: await deps.deviceTokens.issue(addressKey, call.invocationId) };
};

export const handler = endpoint(contract.activateUser, activateUser, () => ({
  registrations: registrationStore(),
  limits: limitStore(),
  deviceTokens: deviceTokens(),
  pseudonyms,
  codeDigests,
  recordSecurityEvent,
}));
