import { randomUUID } from "node:crypto";
import { codeStore, type CodeStore } from "../shared/code-store.ts";
import { contract } from "../shared/contract.ts";
import { directory, type Directory } from "../shared/directory.ts";
import { endpoint, type Call } from "../shared/endpoint.ts";
import { ApiError } from "../shared/errors.ts";
import { upgradeHash } from "../shared/hash-upgrade.ts";
import { registrationPk, userPk } from "../shared/items.ts";
import { addressKey, mailboxKey, networkKey, strangerId } from "../shared/keys.ts";
import { unprovenLetter, wrongPassword } from "../shared/limit-rules.ts";
import { limitStore, type LimitStore } from "../shared/limits.ts";
import { enqueueLetter } from "../shared/mail-queue.ts";
import { verifyPassword } from "../shared/passwords.ts";
import { withRefusalFloor } from "../shared/refusal-floor.ts";
import { userStore, type UserStore } from "../shared/users.ts";

type Deps = {
  directory: Directory;
  users: Pick<UserStore, "find">;
  codes: Pick<CodeStore, "restart">;
  limits: Pick<LimitStore, "spend" | "spendAll">;
  addressKey: typeof addressKey;
  mailboxKey: typeof mailboxKey;
  networkKey: typeof networkKey;
  strangerId: typeof strangerId;
  verifyPassword: typeof verifyPassword;
  upgradeHash: typeof upgradeHash;
  enqueueLetter: typeof enqueueLetter;
};

const sent = { detail: "OTP successfully sent by email" };

/**
 * Sends a code to whoever proves a password: a login code for an account, an activation code for a registration. Reads and
 * hashes do not depend on there being an account: one hash for the account or nobody, one more where a registration waits.
 */
export const requestOtp = async (
  { body: { email, password }, sourceIp }: Call<typeof contract.requestOtp>,
  deps: Deps,
) => {
  const key = await deps.addressKey(email);
  const [guess, { userId, registration }] = await Promise.all([
    deps.limits.spend(wrongPassword(key)),
    deps.directory.lookUp(key),
  ]);
  if (guess.outcome === "exhausted") throw new ApiError(guess.refusal, guess);

  const user = await deps.users.find(userId ?? (await deps.strangerId(email)));
  const provesAccount = await deps.verifyPassword(password, user?.passwordHash);
  const provesRegistration =
    registration !== undefined && (await deps.verifyPassword(password, registration.passwordHash));
  const otpRequestId = randomUUID();
  const restarted = async (pk: string, passwordHash: string) =>
    (await deps.codes.restart(pk, passwordHash, otpRequestId)) === "restarted";

  if (user && provesAccount && (await restarted(userPk(user.id), await deps.upgradeHash(user, password)))) {
    await deps.enqueueLetter({ kind: "login", userId: user.id, otpRequestId });
    return sent;
  }
  if (provesRegistration) {
    // Before the older code dies: whoever gets no new letter must be able to use the one he has.
    const limits = unprovenLetter(await deps.mailboxKey(email), await deps.networkKey(sourceIp));
    const letter = await deps.limits.spendAll(limits);
    if (letter.outcome === "exhausted") throw new ApiError(letter.refusal, letter);
  }
  if (provesRegistration && (await restarted(registrationPk(key), registration.passwordHash))) {
    await deps.enqueueLetter({ kind: "activation", addressKey: key, otpRequestId });
    return sent;
  }
  throw new ApiError("no_active_account");
};

export const handler = endpoint(contract.requestOtp, withRefusalFloor(requestOtp), () => ({
  directory: directory(),
  users: userStore(),
  codes: codeStore(),
  limits: limitStore(),
  addressKey,
  mailboxKey,
  networkKey,
  strangerId,
  verifyPassword,
  upgradeHash,
  enqueueLetter,
}));
