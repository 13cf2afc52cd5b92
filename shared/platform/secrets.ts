import { SecretsProvider } from "@aws-lambda-powertools/parameters/secrets";
import { SecretsManagerClient } from "@aws-sdk/client-secrets-manager";
import { leanJson1_1Options } from "./aws-client.ts";
import { secretIds } from "./environment.ts";
import { inInitPhase } from "./init-phase.ts";
import { prepared } from "./lazy.ts";

const maxAgeSeconds = 300;
const provider = prepared(() => {
  inInitPhase(() => Promise.all(secretIds().map((id) => readSecret(id))));
  // Powertools adds to the user agent, so this client keeps the SDK's middleware.
  return new SecretsProvider({ awsSdkV3Client: new SecretsManagerClient(leanJson1_1Options) });
});
const reads = new Map<string, Promise<string>>();

const read = async (id: string, fresh: boolean): Promise<string> => {
  const value = await provider().get(id, { maxAge: maxAgeSeconds, forceFetch: fresh });
  if (typeof value !== "string" || value === "") throw new Error(`secret ${id} is empty`);
  return value;
};

/** `fresh` bypasses the cache, for callers that find it out of date. Others share a read. */
export const readSecret = async (id: string, { fresh = false } = {}): Promise<string> => {
  if (fresh) return read(id, fresh);
  const running = reads.get(id) ?? read(id, fresh).finally(() => reads.delete(id));
  reads.set(id, running);
  return running;
};
