/**
 * Makes the first key set at deployment (a trigger in the stack invokes this). Running it again, or twice at once, changes
 * nothing: the first private key that was stored stays, and the public set is derived from it.
 */
import { environment } from "../shared/environment.ts";
import { initialiseSecret } from "../shared/key-store.ts";
import { createSigningKey, parseSigningKeys, publicKeySet } from "../shared/signing-keys.ts";

export const handler = async (): Promise<void> => {
  const ids = environment("SIGNING_KEYS_ID", "VERIFICATION_KEYS_ID");
  const fresh = JSON.stringify({ current: await createSigningKey() });
  const { current } = parseSigningKeys(await initialiseSecret(ids.SIGNING_KEYS_ID, fresh));
  await initialiseSecret(ids.VERIFICATION_KEYS_ID, JSON.stringify(publicKeySet(current)));
};
