import { activationStore, type ActivationStore } from "../shared/accounts/activation-store.ts";
import { userStore, type UserStore } from "../shared/accounts/user-store.ts";
import { codeDigests, type CodeDigests } from "../shared/codes/codes.ts";
import * as contract from "../shared/contract/password-operations.ts";
import { ApiError } from "../shared/contract/errors.ts";
import { endpoint, type Call } from "../shared/http/endpoint.ts";
import { pseudonyms, type Pseudonyms } from "../shared/identity/pseudonyms.ts";
import { deviceTokens, type DeviceTokens } from "../shared/limits/device-tokens.ts";
import { guessesFrom, liftAfterReset } from "../shared/limits/guess-limits.ts";
import { limitStore, requireWithin, type LimitStore } from "../shared/limits/limit-store.ts";
import { enqueueLetter } from "../shared/mail/mail-queue.ts";
import { passwordHasher, type PasswordHasher } from "../shared/passwords/password-hash.ts";
import { passwordResetStore, type PasswordResetStore } from "../shared/passwords/password-reset-store.ts";
import { requireGoodPassword } from "../shared/passwords/password-rules.ts";
import { passwordStore, type PasswordStore } from "../shared/passwords/password-store.ts";
import { recordSecurityEvent } from "../shared/platform/security-log.ts";
import { isAccount } from "../shared/store/user-items.ts";

type Deps = {
  users: Pick<UserStore, "findIdByAddress">;
  resets: Pick<PasswordResetStore, "findOwner">;
  passwords: Pick<PasswordStore, "reset">;
  activations: Pick<ActivationStore, "activateByReset">;
  limits: Pick<LimitStore, "spend" | "allowAgain" | "endRow" | "clear">;
  deviceTokens: Pick<DeviceTokens, "issue">;
  pseudonyms: Pick<Pseudonyms, "ofAddress" | "ofNetwork" | "decoyId">;
  codeDigests: Pick<CodeDigests, "reset">;
  hasher: Pick<PasswordHasher, "hash">;
  enqueueLetter: typeof enqueueLetter;
  recordSecurityEvent: typeof recordSecurityEvent;
};

/**
 * Unknown addresses take the same steps and fail on the same condition. The password is compared
 * with the account's names only if the code is right, because a refusal reveals them.
 */
export const confirmPasswordReset = async (call: Call<typeof contract.confirmPasswordReset>, deps: Deps) => {
  const { email, otp_code: code, new_password: password } = call.body;
  await requireGoodPassword("new_password", password, { email });
  const addressKey = await deps.pseudonyms.ofAddress(email);
  const decoyId = await deps.pseudonyms.decoyId(email);
  const digests = await deps.codeDigests.reset(addressKey, code);
  const [spent, userId = decoyId, owner] = await Promise.all([
    deps.limits.spend(guessesFrom(await deps.pseudonyms.ofNetwork(call.sourceIp))),
    deps.users.findIdByAddress(addressKey),
    deps.resets.findOwner(addressKey, digests),
  ]);
  requireWithin(spent, { userId });

  if (owner && isAccount(owner)) await requireGoodPassword("new_password", password, owner);
  const passwordHash = await deps.hasher.hash(password);
  const id = owner?.id ?? decoyId;
  const outcome =
    owner && !isAccount(owner)
      ? await deps.activations.activateByReset(owner, { email, passwordHash }, digests, call.invocationId)
      : await deps.passwords.reset({ id, addressKey }, passwordHash, digests, call.invocationId);
  if (outcome === "refused") throw new ApiError("code_refused", { userId });
  const changedId = outcome === "reset" ? id : outcome.id;
  deps.recordSecurityEvent(outcome === "reset" ? "password_reset" : "activated", { userId: changedId });
  await Promise.all([
    deps.enqueueLetter({ kind: "password_changed", userId: changedId, byReset: true }),
    liftAfterReset(addressKey, deps.limits),
  ]);
  return { deviceToken: await deps.deviceTokens.issue(addressKey, call.invocationId) };
};

export const handler = await endpoint(contract.confirmPasswordReset, confirmPasswordReset, () => ({
  users: userStore(),
  resets: passwordResetStore(),
  passwords: passwordStore(),
  activations: activationStore(),
  limits: limitStore(),
  deviceTokens: deviceTokens(),
  pseudonyms,
  codeDigests,
  hasher: passwordHasher,
  enqueueLetter,
  recordSecurityEvent,
}));
