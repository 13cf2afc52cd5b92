import * as contract from "../shared/contract/password-operations.ts";
import { ApiError, FieldErrors } from "../shared/contract/errors.ts";
import { userEndpoint, type UserCall } from "../shared/http/user-endpoint.ts";
import { deviceTokens, type DeviceTokens } from "../shared/limits/device-tokens.ts";
import { allowNewCodes, passwordChangesOf } from "../shared/limits/guess-limits.ts";
import { limitStore, requireWithin, type LimitStore } from "../shared/limits/limit-store.ts";
import { enqueueLetter } from "../shared/mail/mail-queue.ts";
import { requireCurrentPassword, type CurrentPasswordDeps } from "../shared/passwords/current-password.ts";
import { passwordHasher, type PasswordHasher } from "../shared/passwords/password-hash.ts";
import { requireGoodPassword } from "../shared/passwords/password-rules.ts";
import { passwordStore, type PasswordStore } from "../shared/passwords/password-store.ts";
import { recordSecurityEvent } from "../shared/platform/security-log.ts";

type Deps = CurrentPasswordDeps & {
  limits: Pick<LimitStore, "allowAgain">;
  passwords: Pick<PasswordStore, "change">;
  hasher: PasswordHasher;
  deviceTokens: Pick<DeviceTokens, "issue">;
  enqueueLetter: typeof enqueueLetter;
  recordSecurityEvent: typeof recordSecurityEvent;
};

export const setPassword = async (
  { body, user, session, invocationId }: UserCall<typeof contract.setPassword>,
  deps: Deps,
) => {
  await requireCurrentPassword(user, body.current_password, deps, async () => {
    await requireGoodPassword("new_password", body.new_password, user);
    requireWithin(await deps.limits.spend(passwordChangesOf(user.id)));
  });
  const passwordHash = await deps.hasher.hash(body.new_password);
  const changed = await deps.passwords.change(user, session, passwordHash, invocationId);
  switch (changed) {
    case "password_replaced":
      throw new FieldErrors({ current_password: ["Invalid password."] });
    case "session_ended":
      throw new ApiError("token_not_valid");
    case "gone":
      throw new ApiError("user_not_found");
    case "changed":
      deps.recordSecurityEvent("password_changed", { userId: user.id, sessionId: session.sessionId });
      // The change revoked codes, so their owner may ask for others at once.
      await Promise.all([
        deps.enqueueLetter({ kind: "password_changed", userId: user.id, byReset: false }),
        allowNewCodes(user.addressKey, deps.limits),
      ]);
      return { deviceToken: await deps.deviceTokens.issue(user.addressKey, invocationId) };
    default:
      return changed satisfies never;
  }
};

export const handler = await userEndpoint(contract.setPassword, setPassword, () => ({
  passwords: passwordStore(),
  limits: limitStore(),
  hasher: passwordHasher,
  deviceTokens: deviceTokens(),
  enqueueLetter,
  recordSecurityEvent,
}));
