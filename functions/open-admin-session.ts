import { userStore } from "../shared/accounts/user-store.ts";
import { codeStore } from "../shared/codes/code-store.ts";
import { codeDigests } from "../shared/codes/codes.ts";
import * as contract from "../shared/contract/session-operations.ts";
import { ApiError } from "../shared/contract/errors.ts";
import { endpoint, type Call } from "../shared/http/endpoint.ts";
import { pseudonyms } from "../shared/identity/pseudonyms.ts";
import { deviceTokens } from "../shared/limits/device-tokens.ts";
import { limitStore } from "../shared/limits/limit-store.ts";
import { enqueueLetter } from "../shared/mail/mail-queue.ts";
import { nowSeconds } from "../shared/platform/clock.ts";
import { recordSecurityEvent } from "../shared/platform/security-log.ts";
import { sessionStore } from "../shared/sessions/session-store.ts";
import { tokenSigner, tokenVerifier, type TokenSigner } from "../shared/sessions/tokens.ts";
import { signInByCode, type CodeSignInDeps } from "../shared/sign-in/code-sign-in.ts";
import { renewSession, type RenewalDeps } from "../shared/sign-in/session-renewal.ts";

type Deps = CodeSignInDeps & RenewalDeps & { signer: Pick<TokenSigner, "staffPair"> };

export const openAdminSession = async (call: Call<typeof contract.openAdminSession>, deps: Deps) => {
  const { email, otp_code } = call.body;
  if (email !== undefined && otp_code !== undefined) {
    const { session, deviceToken } = await signInByCode({ email, otp_code }, call, deps, { onlyStaff: true });
    return { ...(await deps.signer.staffPair(session)), deviceToken };
  }
  if (call.staffToken === undefined) throw new ApiError("token_not_valid");
  return deps.signer.staffPair(await renewSession(call.staffToken, "staff", deps));
};

export const handler = await endpoint(contract.openAdminSession, openAdminSession, () => ({
  users: userStore(),
  codes: codeStore(),
  sessions: sessionStore(),
  verifier: tokenVerifier(),
  signer: tokenSigner(),
  limits: limitStore(),
  deviceTokens: deviceTokens(),
  pseudonyms,
  codeDigests,
  enqueueLetter,
  recordSecurityEvent,
  nowSeconds,
}));
