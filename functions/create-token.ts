import { codeStore, type CodeStore } from "../shared/codes/code-store.ts";
import { codeDigests } from "../shared/codes/codes.ts";
import { contract } from "../shared/contract/contract.ts";
import { deviceLabel } from "../shared/sessions/device-label.ts";
import { deviceTokens, type DeviceTokens } from "../shared/limits/device-tokens.ts";
import { endpoint, type Call } from "../shared/http/endpoint.ts";
import { ApiError } from "../shared/contract/errors.ts";
import { userPk } from "../shared/store/user-items.ts";
import { addressKey, networkKey, strangerId } from "../shared/identity/pseudonyms.ts";
import { codeGuess, passwordGuess } from "../shared/limits/limit-rules.ts";
import { limitStore, type LimitStore } from "../shared/limits/limit-store.ts";
import { recordSecurityEvent } from "../shared/platform/security-log.ts";
import { sessionStore, type SessionStore } from "../shared/sessions/session-store.ts";
import { tokenSigner, type TokenSigner } from "../shared/sessions/tokens.ts";
import { guessSubject, type GuessDeps } from "../shared/limits/guess-subject.ts";
import { userStore, type UserStore } from "../shared/accounts/user-store.ts";

type Deps = GuessDeps & {
  users: Pick<UserStore, "findIdByAddress">;
  codes: Pick<CodeStore, "consume">;
  sessions: Pick<SessionStore, "create">;
  tokens: TokenSigner;
  limits: Pick<LimitStore, "spendAll" | "clear">;
  deviceTokens: DeviceTokens;
  addressKey: typeof addressKey;
  strangerId: typeof strangerId;
  codeDigests: typeof codeDigests;
  recordSecurityEvent: typeof recordSecurityEvent;
};

/**
 * Signs in: spends the login code and opens a session. An unknown address goes the same way, to the item of an account that
 * nobody has, and fails on the same condition. The device gets a new token each time: with an older one that was copied
 * nobody can use up its tries, and this success does not renew the copy's.
 */
export const createToken = async (call: Call<typeof contract.createToken>, deps: Deps) => {
  const { email, otp_code: code } = call.body;
  const key = await deps.addressKey(email);
  const stranger = await deps.strangerId(email);
  const { bearer, besides } = await guessSubject(key, call, deps);
  const guess = codeGuess("login", bearer);
  const [spent, userId = stranger] = await Promise.all([
    deps.limits.spendAll([guess, ...besides]),
    deps.users.findIdByAddress(key),
  ]);
  if (spent.outcome === "exhausted") throw new ApiError(spent.refusal, { ...spent, userId });

  const digests = await deps.codeDigests(userPk(userId), "login", code);
  const user = await deps.codes.consume(userId, digests, call.invocationId);
  if (user === "refused") throw new ApiError("sign_in_refused", { userId });

  const [session] = await Promise.all([
    deps.sessions.create(user.id, user.sessionEpoch, deviceLabel(call.userAgent)),
    deps.limits.clear(guess.key),
    deps.limits.clear(passwordGuess(bearer).key),
  ]);
  deps.recordSecurityEvent("signed_in", { userId, sessionId: session.sessionId });
  return { ...(await deps.tokens.pair(session)), deviceToken: await deps.deviceTokens.issue(key) };
};

export const handler = endpoint(contract.createToken, createToken, () => ({
  users: userStore(),
  codes: codeStore(),
  sessions: sessionStore(),
  tokens: tokenSigner(),
  limits: limitStore(),
  deviceTokens: deviceTokens(),
  addressKey,
  networkKey,
  strangerId,
  codeDigests,
  recordSecurityEvent,
}));
