import * as contract from "../shared/contract/session-operations.ts";
import { ApiError } from "../shared/contract/errors.ts";
import { endpoint, type Call } from "../shared/http/endpoint.ts";
import { nowSeconds, type Clock } from "../shared/platform/clock.ts";
import { callerStore, type CallerStore } from "../shared/sessions/callers.ts";
import { acceptsJti } from "../shared/sessions/session-store.ts";
import { tokenVerifier, type TokenVerifier } from "../shared/sessions/tokens.ts";

type Deps = { verifier: TokenVerifier; callers: CallerStore; nowSeconds: Clock };

export const verifyToken = async ({ body: { token } }: Call<typeof contract.verifyToken>, deps: Deps) => {
  const claims = await deps.verifier.verify(token, ["access", "refresh"]);
  if (typeof claims === "string") throw new ApiError("token_not_valid");

  const caller = await deps.callers.find(claims);
  if (typeof caller === "string") throw new ApiError("token_not_valid");
  if (claims.tokenType === "refresh" && !acceptsJti(caller.session, claims.jti, deps.nowSeconds()))
    throw new ApiError("token_not_valid");
  return {};
};

export const handler = await endpoint(contract.verifyToken, verifyToken, () => ({
  verifier: tokenVerifier(),
  callers: callerStore(),
  nowSeconds,
}));
