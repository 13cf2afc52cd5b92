import { emailUndoPk } from "../shared/store/address-items.ts";
import { addressUndoStore, type AddressUndoStore } from "../shared/accounts/address-undo-store.ts";
import { codeDigests } from "../shared/codes/codes.ts";
import { contract } from "../shared/contract/contract.ts";
import { deviceTokens, type DeviceTokens } from "../shared/limits/device-tokens.ts";
import { endpoint, type Call } from "../shared/http/endpoint.ts";
import { ApiError } from "../shared/contract/errors.ts";
import { addressKey, networkKey, strangerId } from "../shared/identity/pseudonyms.ts";
import { guessesFrom } from "../shared/limits/limit-rules.ts";
import { limitStore, type LimitStore } from "../shared/limits/limit-store.ts";
import { enqueueLetter } from "../shared/mail/mail-queue.ts";
import { recordSecurityEvent } from "../shared/platform/security-log.ts";
import { userStore, type UserStore } from "../shared/accounts/user-store.ts";
import { decoyUser } from "../shared/accounts/decoys.ts";

type Deps = {
  users: Pick<UserStore, "find">;
  undoing: AddressUndoStore;
  limits: Pick<LimitStore, "spend">;
  devices: Pick<DeviceTokens, "issue">;
  addressKey: typeof addressKey;
  networkKey: typeof networkKey;
  strangerId: typeof strangerId;
  codeDigests: typeof codeDigests;
  enqueueLetter: typeof enqueueLetter;
  recordSecurityEvent: typeof recordSecurityEvent;
};

/**
 * Gives an account back to the address that it had, with the code from the notice that went there. An address from which
 * nothing was changed goes the same way, as the account that nobody has, and fails on the same condition. The device is known
 * from now on: nobody keeps out the owner who has come back.
 */
export const undoEmail = async (
  { body: { email, otp_code: code }, sourceIp, invocationId }: Call<typeof contract.undoEmail>,
  deps: Deps,
) => {
  const key = await deps.addressKey(email);
  const [spent, undo, digests] = await Promise.all([
    deps.limits.spend(guessesFrom(await deps.networkKey(sourceIp))),
    deps.undoing.find(key),
    deps.codeDigests(emailUndoPk(key), "email_undo", code),
  ]);
  if (spent.outcome === "exhausted") throw new ApiError(spent.refusal, spent);

  const userId = undo?.userId ?? (await deps.strangerId(email));
  const user = (await deps.users.find(userId)) ?? decoyUser(userId, key);
  const earlier = { email: undo?.email ?? email, addressKey: key };
  const undone = await deps.undoing.undo(user, earlier, digests, invocationId);
  if (undone === "refused") throw new ApiError("code_refused");
  deps.recordSecurityEvent("email_change_undone", { userId });
  await deps.enqueueLetter({ kind: "email_change_undone", userId });
  return { deviceToken: await deps.devices.issue(key) };
};

export const handler = endpoint(contract.undoEmail, undoEmail, () => ({
  users: userStore(),
  undoing: addressUndoStore(),
  limits: limitStore(),
  devices: deviceTokens(),
  addressKey,
  networkKey,
  strangerId,
  codeDigests,
  enqueueLetter,
  recordSecurityEvent,
}));
