// A trigger in the stack invokes this at every deployment. Rings that exist are never replaced, and
// the public keys are derived from the stored ring, so concurrent runs agree.
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
