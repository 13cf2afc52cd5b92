import { resetPk } from "../shared/store/address-items.ts";
import { codeDigests } from "../shared/codes/codes.ts";
import { contract } from "../shared/contract/contract.ts";
import { deviceTokens, type DeviceTokens } from "../shared/limits/device-tokens.ts";
import { endpoint, type Call } from "../shared/http/endpoint.ts";
import { ApiError } from "../shared/contract/errors.ts";
import { isAccount } from "../shared/store/user-items.ts";
import { addressKey, networkKey, strangerId } from "../shared/identity/pseudonyms.ts";
import { currentPasswordGuess, guessKeys, guessesFrom } from "../shared/limits/limit-rules.ts";
import { limitStore, type LimitStore } from "../shared/limits/limit-store.ts";
import { enqueueLetter } from "../shared/mail/mail-queue.ts";
import { requireGoodPassword } from "../shared/passwords/new-password.ts";
import { passwordResetStore, type PasswordResetStore } from "../shared/passwords/password-reset-store.ts";
import { passwordStore, type PasswordStore } from "../shared/passwords/password-store.ts";
import { hashPassword } from "../shared/passwords/password-hash.ts";
import { registrationStore, type RegistrationStore } from "../shared/accounts/registration-store.ts";
import { recordSecurityEvent } from "../shared/platform/security-log.ts";
import { userStore, type UserStore } from "../shared/accounts/user-store.ts";

type Deps = {
  users: Pick<UserStore, "findIdByAddress">;
  resets: Pick<PasswordResetStore, "findOwner">;
  passwords: Pick<PasswordStore, "reset">;
  registrations: Pick<RegistrationStore, "activateByReset">;
  limits: Pick<LimitStore, "spend" | "clear">;
  devices: Pick<DeviceTokens, "issue">;
  addressKey: typeof addressKey;
  networkKey: typeof networkKey;
  strangerId: typeof strangerId;
  codeDigests: typeof codeDigests;
  hashPassword: typeof hashPassword;
  enqueueLetter: typeof enqueueLetter;
  recordSecurityEvent: typeof recordSecurityEvent;
};

/**
 * Sets a new password with the code from the letter, and proves a registration by the way: its owner needs no code of six
 * digits, all tries of which a stranger could have used up. Everybody else goes the same way, hash included, and fails on the
 * same condition. A refused password leaves the code alive; rules that would give away the username or names are only told to
 * whoever has the right code. The device is known from now on: or a stranger could use up the cleared tries again before the
 * owner has signed in.
 */
export const confirmPasswordReset = async (
  { body, sourceIp, invocationId }: Call<typeof contract.confirmPasswordReset>,
  deps: Deps,
) => {
  const { email, otp_code: code, new_password: password } = body;
  await requireGoodPassword(password, { email });
  const key = await deps.addressKey(email);
  const digests = await deps.codeDigests(resetPk(key), "reset", code);
  const [spent, knownId, owner] = await Promise.all([
    deps.limits.spend(guessesFrom(await deps.networkKey(sourceIp))),
    deps.users.findIdByAddress(key),
    deps.resets.findOwner(key, digests),
  ]);
  const stranger = await deps.strangerId(email);
  const userId = knownId ?? stranger;
  if (spent.outcome === "exhausted") throw new ApiError(spent.refusal, { ...spent, userId });

  if (owner) await requireGoodPassword(password, owner);
  const passwordHash = await deps.hashPassword(password);
  const id = owner?.id ?? stranger;
  const outcome =
    owner && !isAccount(owner)
      ? await deps.registrations.activateByReset({ ...owner, passwordHash }, digests, invocationId)
      : await deps.passwords.reset({ id, addressKey: key }, passwordHash, digests, invocationId);
  if (outcome === "refused") throw new ApiError("code_refused", { userId });

  deps.recordSecurityEvent(outcome === "reset" ? "password_reset" : "activated", { userId: id });
  // Not in the transaction: a stranger who keeps guessing at the same counters would make it fail.
  const guesses = [...guessKeys(key), currentPasswordGuess(id).key];
  await Promise.all([
    deps.enqueueLetter({ kind: "password_changed", userId: id, byReset: true }),
    ...guesses.map((guess) => deps.limits.clear(guess)),
  ]);
  return { deviceToken: await deps.devices.issue(key) };
};

export const handler = endpoint(contract.confirmPasswordReset, confirmPasswordReset, () => ({
  users: userStore(),
  resets: passwordResetStore(),
  passwords: passwordStore(),
  registrations: registrationStore(),
  limits: limitStore(),
  devices: deviceTokens(),
  addressKey,
  networkKey,
  strangerId,
  codeDigests,
  hashPassword,
  enqueueLetter,
  recordSecurityEvent,
}));
