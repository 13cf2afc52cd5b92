import { addressUndoStore, type AddressUndoStore } from "../shared/accounts/address-undo-store.ts";
import { decoyUser } from "../shared/accounts/decoys.ts";
import { userStore, type UserStore } from "../shared/accounts/user-store.ts";
import { codeDigests, type CodeDigests } from "../shared/codes/codes.ts";
import * as contract from "../shared/contract/address-operations.ts";
import { ApiError } from "../shared/contract/errors.ts";
import { endpoint, type Call } from "../shared/http/endpoint.ts";
import { pseudonyms, type Pseudonyms } from "../shared/identity/pseudonyms.ts";
import { deviceTokens, type DeviceTokens } from "../shared/limits/device-tokens.ts";
import { allowNewCodes, guessesFrom } from "../shared/limits/guess-limits.ts";
import { limitStore, requireWithin, type LimitStore } from "../shared/limits/limit-store.ts";
import { enqueueLetter } from "../shared/mail/mail-queue.ts";
import { recordSecurityEvent } from "../shared/platform/security-log.ts";

type Deps = {
  users: Pick<UserStore, "find">;
  undoing: AddressUndoStore;
  limits: Pick<LimitStore, "spend" | "allowAgain">;
  deviceTokens: Pick<DeviceTokens, "issue">;
  pseudonyms: Pick<Pseudonyms, "ofAddress" | "ofNetwork" | "decoyId">;
  codeDigests: Pick<CodeDigests, "emailUndo">;
  enqueueLetter: typeof enqueueLetter;
  recordSecurityEvent: typeof recordSecurityEvent;
};

/**
 * Addresses without a change use a decoy and fail on the same condition, and so do deactivated
 * accounts. The device gets a token, so that strangers can't lock out the returned owner.
 */
export const undoEmail = async (call: Call<typeof contract.undoEmail>, deps: Deps) => {
  const { email, otp_code: code } = call.body;
  const addressKey = await deps.pseudonyms.ofAddress(email);
  const [spent, undo, digests] = await Promise.all([
    deps.limits.spend(guessesFrom(await deps.pseudonyms.ofNetwork(call.sourceIp))),
    deps.undoing.find(addressKey),
    deps.codeDigests.emailUndo(addressKey, code),
  ]);
  requireWithin(spent);

  const userId = undo?.userId ?? (await deps.pseudonyms.decoyId(email));
  const found = await deps.users.find(userId);
  const user =
    found?.status === "active" ? found : decoyUser(await deps.pseudonyms.decoyId(email), addressKey);
  const earlier = { email: undo?.email ?? email, addressKey };
  const undone = await deps.undoing.undo(user, earlier, digests, call.invocationId);
  if (undone === "refused") throw new ApiError("code_refused");
  deps.recordSecurityEvent("email_change_undone", { userId });
  await Promise.all([
    deps.enqueueLetter({ kind: "email_change_undone", userId }),
    allowNewCodes(addressKey, deps.limits),
  ]);
  return { deviceToken: await deps.deviceTokens.issue(addressKey, call.invocationId) };
};

export const handler = await endpoint(contract.undoEmail, undoEmail, () => ({
  users: userStore(),
  undoing: addressUndoStore(),
  limits: limitStore(),
  deviceTokens: deviceTokens(),
  pseudonyms,
  codeDigests,
  enqueueLetter,
  recordSecurityEvent,
}));
