import { userStore } from "../shared/accounts/user-store.ts";
import { codeStore } from "../shared/codes/code-store.ts";
import { codeDigests } from "../shared/codes/codes.ts";
import * as contract from "../shared/contract/session-operations.ts";
import { endpoint, type Call } from "../shared/http/endpoint.ts";
import { pseudonyms } from "../shared/identity/pseudonyms.ts";
import { deviceTokens } from "../shared/limits/device-tokens.ts";
import { limitStore } from "../shared/limits/limit-store.ts";
import { recordSecurityEvent } from "../shared/platform/security-log.ts";
import { sessionStore } from "../shared/sessions/session-store.ts";
import { tokenSigner, type TokenSigner } from "../shared/sessions/tokens.ts";
import { signInByCode, type CodeSignInDeps } from "../shared/sign-in/code-sign-in.ts";

type Deps = CodeSignInDeps & { tokens: Pick<TokenSigner, "pair"> };

export const createToken = async (call: Call<typeof contract.createToken>, deps: Deps) => {
  const { session, deviceToken } = await signInByCode(call.body, call, deps);
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
