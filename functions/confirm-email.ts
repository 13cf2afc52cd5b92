import { addressChangeStore, type AddressChangeStore } from "../shared/accounts/address-change-store.ts";
import { shownUser } from "../shared/accounts/user-fields.ts";
import { codeDigests, type CodeDigests } from "../shared/codes/codes.ts";
import * as contract from "../shared/contract/address-operations.ts";
import { ApiError } from "../shared/contract/errors.ts";
import { userEndpoint, type UserCall } from "../shared/http/user-endpoint.ts";
import { deviceTokens, type DeviceTokens } from "../shared/limits/device-tokens.ts";
import { recordSecurityEvent } from "../shared/platform/security-log.ts";

type Deps = {
  changes: Pick<AddressChangeStore, "find" | "confirm">;
  deviceTokens: Pick<DeviceTokens, "issue">;
  codeDigests: Pick<CodeDigests, "emailChange">;
  recordSecurityEvent: typeof recordSecurityEvent;
};

/** Requires sign-in, because a mistyped address may have sent the code to a stranger. */
export const confirmEmail = async (
  { body: { otp_code: code }, user, invocationId }: UserCall<typeof contract.confirmEmail>,
  deps: Deps,
) => {
  const [change, digests] = await Promise.all([
    deps.changes.find(user.id),
    deps.codeDigests.emailChange(user.id, code),
  ]);
  const changed = change && (await deps.changes.confirm(user, change, digests, invocationId));
  if (changed === undefined || changed === "refused") throw new ApiError("code_refused");
  deps.recordSecurityEvent("email_changed", { userId: user.id });
  return {
    ...shownUser(changed),
    deviceToken: await deps.deviceTokens.issue(changed.addressKey, invocationId),
  };
};

export const handler = await userEndpoint(contract.confirmEmail, confirmEmail, () => ({
  changes: addressChangeStore(),
  deviceTokens: deviceTokens(),
  codeDigests,
  recordSecurityEvent,
}));
