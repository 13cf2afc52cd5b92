/**
 * `npm run keys:revoke [-- --stage prod]`: a signing key has leaked. Replaces every key at once, so
 * that no token signed before is taken any more, and replaces the functions' execution
 * environments, which hold the old keys in memory for minutes.
 */
import { randomUUID } from "node:crypto";
import { parseArgs } from "node:util";
import { LambdaClient, UpdateFunctionConfigurationCommand } from "@aws-sdk/client-lambda";
import { dropPending, replaceSecret } from "../shared/keys/key-ring-store.ts";
import { createSigningKeys, publicKeySet } from "../shared/keys/signing-keys.ts";
import { environment } from "../shared/platform/environment.ts";
import { runCommand } from "./run-command.ts";
import { useTarget, type Target } from "./target.ts";

const consequences = `Every access and refresh token signed before is refused: everybody signs in again, with password and code.
No account, password or code is touched. Sessions are over with their tokens; what is left of them expires by itself.
Other services go on trusting the old key until they fetch jwks.json anew: after 5 minutes by our Cache-Control, after 10 by jose's
default, up to an hour in API Gateway's authorizers. Restart them to be sure.`;

/** A changed configuration makes Lambda start every execution environment anew. */
const replaceExecutionEnvironments = async ({ functionNames }: Target, when: string) => {
  const lambda = new LambdaClient({});
  for (const FunctionName of functionNames) {
    const Description = `LIT Auth, keys revoked ${when}`;
    await lambda.send(new UpdateFunctionConfigurationCommand({ FunctionName, Description }));
  }
};

export const revokeKeys = async (target: Target): Promise<void> => {
  const { SIGNING_KEYS_ID, VERIFICATION_KEYS_ID } = environment("SIGNING_KEYS_ID", "VERIFICATION_KEYS_ID");
  const ring = await createSigningKeys();
  const reason = randomUUID();
  // A rotation that is under way would bring the leaked ring's heirs back.
  await dropPending(SIGNING_KEYS_ID);
  // The leaked key stops being trusted first.
  await replaceSecret(VERIFICATION_KEYS_ID, JSON.stringify(publicKeySet(ring)), reason);
  await replaceSecret(SIGNING_KEYS_ID, JSON.stringify(ring), reason);
  await replaceExecutionEnvironments(target, new Date().toISOString());
};

if (import.meta.main)
  await runCommand(async () => {
    const { values } = parseArgs({ options: { stage: { type: "string" } } });
    const target = await useTarget(values.stage);
    await revokeKeys(target);
    console.log(`Revoked every signing key of ${target.name}.\n${consequences}`);
  });
