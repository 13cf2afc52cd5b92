import { randomUUID } from "node:crypto";
import { LambdaClient, UpdateFunctionConfigurationCommand } from "@aws-sdk/client-lambda";
import { dropPending, replaceSecret } from "../../shared/keys/key-ring-store.ts";
import { createSigningKeys, publicKeySet } from "../../shared/keys/signing-keys.ts";
import { environment } from "../../shared/platform/environment.ts";
import type { Target } from "../target.ts";

// A changed configuration makes Lambda replace execution environments, which cache the old keys.
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
  // An unfinished rotation would bring back keys of the leaked ring.
  await dropPending(SIGNING_KEYS_ID);
  // First, functions and services must stop trusting the leaked key.
  await replaceSecret(VERIFICATION_KEYS_ID, JSON.stringify(publicKeySet(ring)), reason);
  await replaceSecret(SIGNING_KEYS_ID, JSON.stringify(ring), reason);
  await replaceExecutionEnvironments(target, new Date().toISOString());
};
