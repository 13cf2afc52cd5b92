import { SecretsProvider } from "@aws-lambda-powertools/parameters/secrets";
import { SecretsManagerClient } from "@aws-sdk/client-secrets-manager";
import { leanOptions } from "./aws-client.ts";
import { lazy } from "./lazy.ts";

const maxAgeSeconds = 300;
// Powertools adds to the user agent, so this client keeps the SDK's middleware.
const provider = lazy(() => new SecretsProvider({ awsSdkV3Client: new SecretsManagerClient(leanOptions) }));

/** `fresh` bypasses the cache, for callers that find it out of date. */
export const readSecret = async (id: string, { fresh = false } = {}): Promise<string> => {
  const value = await provider().get(id, { maxAge: maxAgeSeconds, forceFetch: fresh });
  if (typeof value !== "string" || value === "") throw new Error(`secret ${id} is empty`);
  return value;
};
