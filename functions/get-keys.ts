import * as contract from "../shared/contract/session-operations.ts";
import { endpoint, type Call } from "../shared/http/endpoint.ts";
import { parseVerificationKeys } from "../shared/keys/signing-keys.ts";
import { variable } from "../shared/platform/environment.ts";
import { readSecret } from "../shared/platform/secrets.ts";

type Deps = { readVerificationKeys: () => Promise<string> };

export const getKeys = async (_: Call<typeof contract.getKeys>, deps: Deps) =>
  parseVerificationKeys(await deps.readVerificationKeys());

export const handler = await endpoint(contract.getKeys, getKeys, () => {
  const VERIFICATION_KEYS_ID = variable("VERIFICATION_KEYS_ID");
  return { readVerificationKeys: () => readSecret(VERIFICATION_KEYS_ID) };
});
