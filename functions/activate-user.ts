import { codeDigests } from "../shared/codes/codes.ts";
import { contract } from "../shared/contract/contract.ts";
import { deviceTokens, type DeviceTokens } from "../shared/limits/device-tokens.ts";
import { endpoint, type Call } from "../shared/http/endpoint.ts";
import { ApiError } from "../shared/contract/errors.ts";
import { registrationPk } from "../shared/store/user-items.ts";
import { addressKey, networkKey, strangerId } from "../shared/identity/pseudonyms.ts";
import { codeGuess } from "../shared/limits/limit-rules.ts";
import { limitStore, type LimitStore } from "../shared/limits/limit-store.ts";
import { registrationStore, type RegistrationStore } from "../shared/accounts/registration-store.ts";
import { recordSecurityEvent } from "../shared/platform/security-log.ts";
import { guessSubject, type GuessDeps } from "../shared/limits/guess-subject.ts";
import { decoyRegistration } from "../shared/accounts/decoys.ts";
import { shownUser } from "../shared/accounts/user-fields.ts";

type Deps = GuessDeps & {
  registrations: Pick<RegistrationStore, "find" | "activate">;
  limits: Pick<LimitStore, "spendAll" | "clearing">;
  deviceTokens: DeviceTokens;
  addressKey: typeof addressKey;
  strangerId: typeof strangerId;
  codeDigests: typeof codeDigests;
  recordSecurityEvent: typeof recordSecurityEvent;
};

/**
 * Turns a registration into an account with the code from the letter. Wrong, expired, used, unknown and already active end
 * in the same failed condition of the same transaction: a registration that does not exist is tried as a decoy. The device
 * is known from now on.
 */
export const activateUser = async (call: Call<typeof contract.activateUser>, deps: Deps) => {
  const { email, otp_code: code } = call.body;
  const key = await deps.addressKey(email);
  const decoy = decoyRegistration(key, await deps.strangerId(email));
  const { bearer, besides } = await guessSubject(key, call, deps);
  const guess = codeGuess("activation", bearer);
  const [spent, registration = decoy] = await Promise.all([
    deps.limits.spendAll([guess, ...besides]),
    deps.registrations.find(key),
  ]);
  const { id: userId } = registration;
  if (spent.outcome === "exhausted") throw new ApiError(spent.refusal, { ...spent, userId });

  const user = await deps.registrations.activate(
    registration,
    await deps.codeDigests(registrationPk(key), "activation", code),
    call.invocationId,
    [deps.limits.clearing(guess.key)],
  );
  if (user === "refused") throw new ApiError("activation_refused", { userId });
  deps.recordSecurityEvent("activated", { userId });
  return { ...shownUser(user), deviceToken: await deps.deviceTokens.issue(key) };
};

export const handler = endpoint(contract.activateUser, activateUser, () => ({
  registrations: registrationStore(),
  limits: limitStore(),
  deviceTokens: deviceTokens(),
  addressKey,
  networkKey,
  strangerId,
  codeDigests,
  recordSecurityEvent,
}));
