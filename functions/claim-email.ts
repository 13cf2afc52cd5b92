import { addressChangeStore, type AddressChangeStore } from "../shared/accounts/address-change-store.ts";
import { addressMoveStore, type AddressMoveStore } from "../shared/accounts/address-move-store.ts";
import { decoyChange, decoyUser } from "../shared/accounts/decoys.ts";
import { shownUser } from "../shared/accounts/user-fields.ts";
import { userStore, type UserStore } from "../shared/accounts/user-store.ts";
import { codeDigests, type CodeDigests } from "../shared/codes/codes.ts";
import * as contract from "../shared/contract/address-operations.ts";
import { ApiError } from "../shared/contract/errors.ts";
import { endpoint, type Call } from "../shared/http/endpoint.ts";
import { pseudonyms, type Pseudonyms } from "../shared/identity/pseudonyms.ts";
import { deviceTokens, type DeviceTokens } from "../shared/limits/device-tokens.ts";
import { guessesFrom } from "../shared/limits/guess-limits.ts";
import { limitStore, requireWithin, type LimitStore } from "../shared/limits/limit-store.ts";
import { recordSecurityEvent } from "../shared/platform/security-log.ts";

type Deps = {
  users: Pick<UserStore, "find">;
  changes: Pick<AddressChangeStore, "findClaimant" | "find" | "confirm">;
  moves: Pick<AddressMoveStore, "claim">;
  limits: Pick<LimitStore, "spend">;
  deviceTokens: Pick<DeviceTokens, "issue">;
  pseudonyms: Pick<Pseudonyms, "ofAddress" | "ofNetwork" | "decoyId">;
  codeDigests: Pick<CodeDigests, "emailChange">;
  recordSecurityEvent: typeof recordSecurityEvent;
};

/**
 * Serves owners who lost their mailbox and so can't receive a sign-in code. Only changes by staff
 * can be claimed. Unknown addresses use a decoy and fail on the same condition.
 */
export const claimEmail = async (call: Call<typeof contract.claimEmail>, deps: Deps) => {
  const { email, otp_code: code } = call.body;
  const addressKey = await deps.pseudonyms.ofAddress(email);
  const decoyId = await deps.pseudonyms.decoyId(email);
  const [spent, userId = decoyId] = await Promise.all([
    deps.limits.spend(guessesFrom(await deps.pseudonyms.ofNetwork(call.sourceIp))),
    deps.changes.findClaimant(addressKey),
  ]);
  requireWithin(spent);

  const [found, waiting, digests] = await Promise.all([
    deps.users.find(userId),
    deps.changes.find(userId),
    deps.codeDigests.emailChange(userId, code),
  ]);
  const isClaim = waiting?.byStaff === true && waiting.addressKey === addressKey;
  const user = (isClaim ? found : undefined) ?? decoyUser(decoyId, addressKey);
  const change = isClaim ? waiting : decoyChange(user, addressKey);
  const take = change.moveId === undefined ? deps.changes.confirm : deps.moves.claim;
  const changed = await take(user, change, digests, call.invocationId);
  if (changed === "refused") throw new ApiError("code_refused");
  deps.recordSecurityEvent("email_changed", { userId });
  return { ...shownUser(changed), deviceToken: await deps.deviceTokens.issue(addressKey, call.invocationId) };
};

export const handler = await endpoint(contract.claimEmail, claimEmail, () => ({
  users: userStore(),
  changes: addressChangeStore(),
  moves: addressMoveStore(),
  limits: limitStore(),
  deviceTokens: deviceTokens(),
  pseudonyms,
  codeDigests,
  recordSecurityEvent,
}));
