import * as contract from "../shared/contract/session-operations.ts";
import { endpoint, type Call } from "../shared/http/endpoint.ts";
import { variable } from "../shared/platform/environment.ts";

type Deps = { issuer: string };

export const getConfiguration = async (_: Call<typeof contract.getConfiguration>, { issuer }: Deps) => ({
  issuer,
  jwks_uri: `${issuer}/.well-known/jwks.json`,
  claims_supported: ["iss", "aud", "sub", "iat", "exp", "jti", "auth_time", "sid", "token_type", "user_id"],
});

export const handler = await endpoint(contract.getConfiguration, getConfiguration, () => ({
  issuer: variable("PUBLIC_URL"),
}));
