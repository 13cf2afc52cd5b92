import { randomUUID } from "node:crypto";
import { codeStore, type CodeStore } from "../shared/codes/code-store.ts";
import { contract } from "../shared/contract/contract.ts";
import { deviceTokens } from "../shared/limits/device-tokens.ts";
import { addressLookup, type AddressLookup } from "../shared/accounts/address-lookup.ts";
import { endpoint, type Call } from "../shared/http/endpoint.ts";
import { ApiError } from "../shared/contract/errors.ts";
import { upgradeHash } from "../shared/passwords/hash-upgrade.ts";
import { registrationPk, userPk } from "../shared/store/user-items.ts";
import { addressKey, mailboxKey, networkKey, strangerId } from "../shared/identity/pseudonyms.ts";
import { passwordGuess, rightPassword, unprovenLetter, wrongPassword } from "../shared/limits/limit-rules.ts";
import { limitStore, type LimitStore } from "../shared/limits/limit-store.ts";
import { enqueueLetter } from "../shared/mail/mail-queue.ts";
import { verifyPassword } from "../shared/passwords/password-hash.ts";
import { refusalFloor } from "../shared/passwords/refusal-floor.ts";
import { recordSecurityEvent } from "../shared/platform/security-log.ts";
import { guessSubject, type GuessDeps } from "../shared/limits/guess-subject.ts";
import { userStore, type UserStore } from "../shared/accounts/user-store.ts";

type Deps = GuessDeps & {
  addresses: AddressLookup;
  users: Pick<UserStore, "find">;
  codes: Pick<CodeStore, "restart">;
  limits: Pick<LimitStore, "spendAll" | "giveBack">;
  addressKey: typeof addressKey;
  mailboxKey: typeof mailboxKey;
  strangerId: typeof strangerId;
  verifyPassword: typeof verifyPassword;
  refusalFloor: typeof refusalFloor;
  upgradeHash: typeof upgradeHash;
  enqueueLetter: typeof enqueueLetter;
  recordSecurityEvent: typeof recordSecurityEvent;
};

const sent = { detail: "OTP successfully sent by email" };

/**
 * Sends a code to whoever proves a password: a login code for an account, an activation code for a registration. Reads and
 * hashes do not depend on there being an account: one hash for the account or nobody, one more where a registration waits.
 * A try is counted as right and as wrong at first, and taken back as what it was not.
 */
export const requestOtp = async (call: Call<typeof contract.requestOtp>, deps: Deps) => {
  const { email, password } = call.body;
  const untilFloor = deps.refusalFloor();
  const key = await deps.addressKey(email);
  const stranger = await deps.strangerId(email);
  const { bearer, besides } = await guessSubject(key, call, deps);
  const [tried, { userId, registration }] = await Promise.all([
    deps.limits.spendAll([passwordGuess(bearer), ...besides]),
    deps.addresses.findByAddress(key),
  ]);
  const refusedId = userId ?? registration?.id ?? stranger;
  if (tried.outcome === "exhausted") throw new ApiError(tried.refusal, { ...tried, userId: refusedId });

  const user = await deps.users.find(userId ?? stranger);
  const matches = await deps.verifyPassword(password, user?.passwordHash);
  const provesRegistration =
    registration !== undefined && (await deps.verifyPassword(password, registration.passwordHash));
  // Of a disabled account the right password is as good as a wrong one, and counts as one.
  const provesAccount = user?.status === "active" && matches;
  // Nor may a registration that anybody can make tell how long the account's hash took.
  if (!provesAccount) await untilFloor();
  const otpRequestId = randomUUID();
  const wasRight = () => deps.limits.giveBack(wrongPassword(bearer));

  if (provesAccount) {
    const passwordHash = await deps.upgradeHash(user, password);
    const restart = deps.codes.restart(userPk(user.id), passwordHash, otpRequestId);
    const [restarted] = await Promise.all([restart, wasRight()]);
    if (restarted === "restarted") {
      await deps.enqueueLetter({ kind: "login", userId: user.id, otpRequestId });
      deps.recordSecurityEvent("code_sent", { userId: user.id });
      return sent;
    }
  } else if (provesRegistration) {
    const letters = unprovenLetter(await deps.mailboxKey(email), await deps.networkKey(call.sourceIp));
    // Before the older code dies: whoever gets no new letter must be able to use the one he has.
    const [letter] = await Promise.all([deps.limits.spendAll(letters), wasRight()]);
    if (letter.outcome === "exhausted") throw new ApiError(letter.refusal, { ...letter, userId: refusedId });
    const pk = registrationPk(key);
    if ((await deps.codes.restart(pk, registration.passwordHash, otpRequestId)) === "restarted") {
      await deps.enqueueLetter({ kind: "activation", addressKey: key, otpRequestId });
      deps.recordSecurityEvent("code_sent", { userId: registration.id });
      return sent;
    }
  }
  await deps.limits.giveBack(rightPassword(bearer));
  throw new ApiError("no_active_account", { userId: refusedId });
};

export const handler = endpoint(contract.requestOtp, requestOtp, () => ({
  addresses: addressLookup(),
  users: userStore(),
  codes: codeStore(),
  limits: limitStore(),
  deviceTokens: deviceTokens(),
  addressKey,
  mailboxKey,
  networkKey,
  strangerId,
  verifyPassword,
  refusalFloor,
  upgradeHash,
  enqueueLetter,
  recordSecurityEvent,
}));
