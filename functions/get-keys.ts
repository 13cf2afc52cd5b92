import { contract } from "../shared/contract.ts";
import { endpoint, type Call } from "../shared/endpoint.ts";
import { environment } from "../shared/environment.ts";
import { readSecret } from "../shared/secrets.ts";
import { parseVerificationKeys } from "../shared/signing-keys.ts";

type Deps = { readVerificationKeys: () => Promise<string> };

/** The public keys: the one that signs, the one that will, and those whose tokens may still live. */
export const getKeys = async (_: Call<typeof contract.getKeys>, deps: Deps) =>
  parseVerificationKeys(await deps.readVerificationKeys());

export const handler = endpoint(contract.getKeys, getKeys, () => {
  const { VERIFICATION_KEYS_ID } = environment("VERIFICATION_KEYS_ID");
  return { readVerificationKeys: () => readSecret(VERIFICATION_KEYS_ID) };
});
