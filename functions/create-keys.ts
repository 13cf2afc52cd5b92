/**
 * Makes the first key rings at deployment (a trigger in the stack invokes this). Running it again, or twice at once, changes
 * nothing: what was stored first stays, and the public set is derived from it.
 */
import { createDigestKeys } from "../shared/keys/digest-keys.ts";
import { initialiseSecret } from "../shared/keys/key-ring-store.ts";
import { createSigningKeys, parseSigningKeys, publicKeySet } from "../shared/keys/signing-keys.ts";
import { environment } from "../shared/platform/environment.ts";

export const handler = async (): Promise<void> => {
  const ids = environment("SIGNING_KEYS_ID", "VERIFICATION_KEYS_ID", "DIGEST_SECRET_ID");
  await initialiseSecret(ids.DIGEST_SECRET_ID, async () => JSON.stringify(createDigestKeys()));
  const ring = await initialiseSecret(ids.SIGNING_KEYS_ID, async () =>
    JSON.stringify(await createSigningKeys()),
  );
  await initialiseSecret(ids.VERIFICATION_KEYS_ID, async () =>
    JSON.stringify(publicKeySet(parseSigningKeys(ring))),
  );
};
