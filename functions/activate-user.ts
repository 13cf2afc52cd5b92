import { codeDigests } from "../shared/codes.ts";
import { contract } from "../shared/contract.ts";
import { endpoint, type Call } from "../shared/endpoint.ts";
import { ApiError } from "../shared/errors.ts";
import { decoyRegistration, registrationPk, shownUser } from "../shared/items.ts";
import { addressKey, strangerId } from "../shared/keys.ts";
import { codeGuess } from "../shared/limit-rules.ts";
import { limitStore, type LimitStore } from "../shared/limits.ts";
import { registrationStore, type RegistrationStore } from "../shared/registrations.ts";

type Deps = {
  registrations: Pick<RegistrationStore, "find" | "activate">;
  limits: Pick<LimitStore, "spend" | "clearing">;
  addressKey: typeof addressKey;
  strangerId: typeof strangerId;
  codeDigests: typeof codeDigests;
};

/**
 * Turns a registration into an account with the code from the letter. Wrong, expired, used, unknown and already active end
 * in the same failed condition of the same transaction: a registration that does not exist is tried as a decoy.
 */
export const activateUser = async (
  { body: { email, otp_code: code }, invocationId }: Call<typeof contract.activateUser>,
  deps: Deps,
) => {
  const key = await deps.addressKey(email);
  const guess = codeGuess("activation", key);
  const [spent, registration] = await Promise.all([deps.limits.spend(guess), deps.registrations.find(key)]);
  if (spent.outcome === "exhausted") throw new ApiError(spent.refusal, spent);

  const user = await deps.registrations.activate(
    registration ?? decoyRegistration(key, await deps.strangerId(email)),
    await deps.codeDigests(registrationPk(key), "activation", code),
    invocationId,
    [deps.limits.clearing(guess.key)],
  );
  if (user === "refused") throw new ApiError("activation_refused");
  return shownUser(user);
};

export const handler = endpoint(contract.activateUser, activateUser, () => ({
  registrations: registrationStore(),
  limits: limitStore(),
  addressKey,
  strangerId,
  codeDigests,
}));
