import { addressChangeStore, type AddressChangeStore } from "../shared/accounts/address-change-store.ts";
import { emailChangePk } from "../shared/store/address-items.ts";
import { codeDigests } from "../shared/codes/codes.ts";
import { contract } from "../shared/contract/contract.ts";
import { deviceTokens, type DeviceTokens } from "../shared/limits/device-tokens.ts";
import { endpoint, type Call } from "../shared/http/endpoint.ts";
import { ApiError } from "../shared/contract/errors.ts";
import { addressKey, networkKey, strangerId } from "../shared/identity/pseudonyms.ts";
import { guessesFrom } from "../shared/limits/limit-rules.ts";
import { limitStore, type LimitStore } from "../shared/limits/limit-store.ts";
import { recordSecurityEvent } from "../shared/platform/security-log.ts";
import { userStore, type UserStore } from "../shared/accounts/user-store.ts";
import { decoyChange, decoyUser } from "../shared/accounts/decoys.ts";
import { shownUser } from "../shared/accounts/user-fields.ts";

type Deps = {
  users: Pick<UserStore, "find">;
  changes: Pick<AddressChangeStore, "findClaimant" | "find" | "confirm">;
  limits: Pick<LimitStore, "spend">;
  devices: Pick<DeviceTokens, "issue">;
  addressKey: typeof addressKey;
  networkKey: typeof networkKey;
  strangerId: typeof strangerId;
  codeDigests: typeof codeDigests;
  recordSecurityEvent: typeof recordSecurityEvent;
};

/**
 * Moves an account to the address that an administrator entered, for its owner, who can't sign in without the lost mailbox.
 * Changes that owners ask for themselves are not to be had here. Unknown addresses fail on the same condition, as decoys.
 */
export const claimEmail = async (
  { body: { email, otp_code: code }, sourceIp, invocationId }: Call<typeof contract.claimEmail>,
  deps: Deps,
) => {
  const key = await deps.addressKey(email);
  const [spent, claimantId] = await Promise.all([
    deps.limits.spend(guessesFrom(await deps.networkKey(sourceIp))),
    deps.changes.findClaimant(key),
  ]);
  if (spent.outcome === "exhausted") throw new ApiError(spent.refusal, spent);

  const userId = claimantId ?? (await deps.strangerId(email));
  const [found, waiting, digests] = await Promise.all([
    deps.users.find(userId),
    deps.changes.find(userId),
    deps.codeDigests(emailChangePk(userId), "email_change", code),
  ]);
  const isClaim = waiting?.byStaff === true && waiting.addressKey === key;
  const user = (isClaim ? found : undefined) ?? decoyUser(await deps.strangerId(email), key);
  const change = isClaim ? waiting : decoyChange(user, key);
  const changed = await deps.changes.confirm(user, change, digests, invocationId);
  if (changed === "refused") throw new ApiError("code_refused");
  deps.recordSecurityEvent("email_changed", { userId });
  return { ...shownUser(changed), deviceToken: await deps.devices.issue(key) };
};

export const handler = endpoint(contract.claimEmail, claimEmail, () => ({
  users: userStore(),
  changes: addressChangeStore(),
  limits: limitStore(),
  devices: deviceTokens(),
  addressKey,
  networkKey,
  strangerId,
  codeDigests,
  recordSecurityEvent,
}));
