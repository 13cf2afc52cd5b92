import { codeStore, type CodeStore } from "../shared/code-store.ts";
import { codeDigests } from "../shared/codes.ts";
import { contract } from "../shared/contract.ts";
import { deviceLabel } from "../shared/device-label.ts";
import { endpoint, type Call } from "../shared/endpoint.ts";
import { ApiError } from "../shared/errors.ts";
import { userPk } from "../shared/items.ts";
import { addressKey, strangerId } from "../shared/keys.ts";
import { codeGuess, passwordTry } from "../shared/limit-rules.ts";
import { limitStore, type LimitStore } from "../shared/limits.ts";
import { sessionStore, type SessionStore } from "../shared/sessions.ts";
import { tokenSigner, type TokenSigner } from "../shared/tokens.ts";
import { userStore, type UserStore } from "../shared/users.ts";

type Deps = {
  users: Pick<UserStore, "findIdByAddress">;
  codes: Pick<CodeStore, "consume">;
  sessions: Pick<SessionStore, "create">;
  tokens: TokenSigner;
  limits: Pick<LimitStore, "spend" | "clear">;
  addressKey: typeof addressKey;
  strangerId: typeof strangerId;
  codeDigests: typeof codeDigests;
};

/**
 * Signs in: spends the login code and opens a session. An unknown address goes the same way, to the item of an account that
 * nobody has, and fails on the same condition.
 */
export const createToken = async (
  { body: { email, otp_code: code }, userAgent, invocationId }: Call<typeof contract.createToken>,
  deps: Deps,
) => {
  const key = await deps.addressKey(email);
  const guess = codeGuess("login", key);
  const [spent, knownId] = await Promise.all([deps.limits.spend(guess), deps.users.findIdByAddress(key)]);
  if (spent.outcome === "exhausted") throw new ApiError(spent.refusal, spent);

  const userId = knownId ?? (await deps.strangerId(email));
  const digests = await deps.codeDigests(userPk(userId), "login", code);
  const user = await deps.codes.consume(userId, digests, invocationId);
  if (user === "refused") throw new ApiError("sign_in_refused");

  const [session] = await Promise.all([
    deps.sessions.create(user.id, user.sessionEpoch, deviceLabel(userAgent)),
    deps.limits.clear(guess.key),
    deps.limits.clear(passwordTry(key).key),
  ]);
  return deps.tokens.pair(session);
};

export const handler = endpoint(contract.createToken, createToken, () => ({
  users: userStore(),
  codes: codeStore(),
  sessions: sessionStore(),
  tokens: tokenSigner(),
  limits: limitStore(),
  addressKey,
  strangerId,
  codeDigests,
}));
