import type { UserStore } from "../accounts/user-store.ts";
import type { CodeStore } from "../codes/code-store.ts";
import type { CodeDigests } from "../codes/codes.ts";
import { ApiError } from "../contract/errors.ts";
import type { Pseudonyms } from "../identity/pseudonyms.ts";
import type { DeviceTokens } from "../limits/device-tokens.ts";
import { codeGuess } from "../limits/guess-limits.ts";
import { guessSubject } from "../limits/guess-subject.ts";
import { signInLettersFor } from "../limits/letter-limits.ts";
import { requireWithin, type LimitStore } from "../limits/limit-store.ts";
import type { recordSecurityEvent } from "../platform/security-log.ts";
import { deviceLabel } from "../sessions/device-label.ts";
import type { Session, SessionStore } from "../sessions/session-store.ts";

export type CodeSignInDeps = {
  users: Pick<UserStore, "findPointer">;
  codes: Pick<CodeStore, "consume">;
  sessions: Pick<SessionStore, "create">;
  limits: Pick<LimitStore, "spendAll" | "succeed">;
  deviceTokens: DeviceTokens;
  pseudonyms: Pick<Pseudonyms, "ofAddress" | "ofNetwork" | "decoyId">;
  codeDigests: Pick<CodeDigests, "login">;
  recordSecurityEvent: typeof recordSecurityEvent;
};

type Caller = Parameters<typeof guessSubject>[1] & { userAgent: string | undefined; invocationId: string };
type Credentials = { email: string; otp_code: string };

/**
 * Unknown addresses use a decoy and fail on the same condition. The device gets a new token at each
 * sign-in, of the generation that was read before the code was consumed: if a reset comes between,
 * the token is as dead as the session. Only the person with the right code learns that they are not
 * staff.
 */
export const signInByCode = async (
  { email, otp_code: code }: Credentials,
  caller: Caller,
  deps: CodeSignInDeps,
  { onlyStaff = false } = {},
): Promise<{ session: Session; deviceToken: string }> => {
  const addressKey = await deps.pseudonyms.ofAddress(email);
  const decoyId = await deps.pseudonyms.decoyId(email);
  const { subject, networkLimits } = await guessSubject(addressKey, caller, deps);
  const guess = codeGuess("login", subject);
  const [spent, pointer = { userId: decoyId, deviceGeneration: "" }] = await Promise.all([
    deps.limits.spendAll([guess, ...networkLimits]),
    deps.users.findPointer(addressKey),
  ]);
  const { userId, deviceGeneration } = pointer;
  requireWithin(spent, { userId });

  const digests = await deps.codeDigests.login(userId, code);
  const user = await deps.codes.consume(userId, digests, caller.invocationId);
  if (user === "refused") throw new ApiError("sign_in_refused", { userId });
  const succeeding = deps.limits.succeed(guess, signInLettersFor(subject));
  if (onlyStaff && !user.isStaff) {
    await succeeding;
    throw new ApiError("permission_denied", { userId });
  }

  const [session] = await Promise.all([
    deps.sessions.create(user.id, user.sessionEpoch, deviceLabel(caller.userAgent)),
    succeeding,
  ]);
  deps.recordSecurityEvent("signed_in", { userId, sessionId: session.sessionId });
  return { session, deviceToken: await deps.deviceTokens.issue(addressKey, deviceGeneration) };
};
