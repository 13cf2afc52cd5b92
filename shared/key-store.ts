/** Writes key sets to Secrets Manager so that of two writers exactly one wins and both go on with what won. */
import { createHash } from "node:crypto";
import {
  GetSecretValueCommand,
  PutSecretValueCommand,
  ResourceExistsException,
  SecretsManagerClient,
} from "@aws-sdk/client-secrets-manager";
import { once } from "./once.ts";

const client = once(() => new SecretsManagerClient({}));

// 32 to 64 characters, the same for every first writer of a secret.
const firstVersionId = (secretId: string) => createHash("sha256").update(secretId).digest("hex");

/** Stores `value` unless the secret was ever initialised before; returns what counts now. */
export const initialiseSecret = async (secretId: string, value: string): Promise<string> => {
  try {
    await client().send(
      new PutSecretValueCommand({
        SecretId: secretId,
        SecretString: value,
        ClientRequestToken: firstVersionId(secretId),
      }),
    );
    return value;
  } catch (error) {
    if (!(error instanceof ResourceExistsException)) throw error;
  }
  const { SecretString } = await client().send(new GetSecretValueCommand({ SecretId: secretId }));
  if (!SecretString) throw new Error(`secret ${secretId} is empty`);
  return SecretString;
};
