import { userStore, type UserStore } from "../shared/accounts/user-store.ts";
import { codeStore, type CodeStore } from "../shared/codes/code-store.ts";
import { codeDigests, type CodeDigests } from "../shared/codes/codes.ts";
import * as contract from "../shared/contract/session-operations.ts";
import { ApiError } from "../shared/contract/errors.ts";
import { endpoint, type Call } from "../shared/http/endpoint.ts";
import { pseudonyms, type Pseudonyms } from "../shared/identity/pseudonyms.ts";
import { deviceTokens, type DeviceTokens } from "../shared/limits/device-tokens.ts";
import { codeGuess } from "../shared/limits/guess-limits.ts";
import { guessSubject } from "../shared/limits/guess-subject.ts";
import { signInLettersFor } from "../shared/limits/letter-limits.ts";
import { limitStore, requireWithin, type LimitStore } from "../shared/limits/limit-store.ts";
import { recordSecurityEvent } from "../shared/platform/security-log.ts";
import { deviceLabel } from "../shared/sessions/device-label.ts";
import { sessionStore, type SessionStore } from "../shared/sessions/session-store.ts";
import { tokenSigner, type TokenSigner } from "../shared/sessions/tokens.ts";

type Deps = {
  users: Pick<UserStore, "findPointer">;
  codes: Pick<CodeStore, "consume">;
  sessions: Pick<SessionStore, "create">;
  tokens: TokenSigner;
  limits: Pick<LimitStore, "spendAll" | "succeed">;
  deviceTokens: DeviceTokens;
  pseudonyms: Pick<Pseudonyms, "ofAddress" | "ofNetwork" | "decoyId">;
  codeDigests: Pick<CodeDigests, "login">;
  recordSecurityEvent: typeof recordSecurityEvent;
};

/**
 * Unknown addresses use a decoy and fail on the same condition. The device gets a new token at each
 * sign-in, of the generation that was read before the code was consumed: if a reset comes between,
 * the token is as dead as the session.
 */
export const createToken = async (call: Call<typeof contract.createToken>, deps: Deps) => {
  const { email, otp_code: code } = call.body;
  const addressKey = await deps.pseudonyms.ofAddress(email);
  const decoyId = await deps.pseudonyms.decoyId(email);
  const { subject, networkLimits } = await guessSubject(addressKey, call, deps);
  const guess = codeGuess("login", subject);
  const [spent, pointer = { userId: decoyId, deviceGeneration: "" }] = await Promise.all([
    deps.limits.spendAll([guess, ...networkLimits]),
    deps.users.findPointer(addressKey),
  ]);
  const { userId, deviceGeneration } = pointer;
  requireWithin(spent, { userId });

  const digests = await deps.codeDigests.login(userId, code);
  const user = await deps.codes.consume(userId, digests, call.invocationId);
  if (user === "refused") throw new ApiError("sign_in_refused", { userId });

  const [session] = await Promise.all([
    deps.sessions.create(user.id, user.sessionEpoch, deviceLabel(call.userAgent)),
    deps.limits.succeed(guess, signInLettersFor(subject)),
  ]);
  deps.recordSecurityEvent("signed_in", { userId, sessionId: session.sessionId });
  const deviceToken = await deps.deviceTokens.issue(addressKey, deviceGeneration);
  return { ...(await deps.tokens.pair(session)), deviceToken };
};

export const handler = await endpoint(contract.createToken, createToken, () => ({
  users: userStore(),
  codes: codeStore(),
  sessions: sessionStore(),
  tokens: tokenSigner(),
  limits: limitStore(),
  deviceTokens: deviceTokens(),
  pseudonyms,
  codeDigests,
  recordSecurityEvent,
}));
