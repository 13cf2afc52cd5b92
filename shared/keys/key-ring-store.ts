import { createHash } from "node:crypto";
import {
  DescribeSecretCommand,
  GetSecretValueCommand,
  PutSecretValueCommand,
  ResourceExistsException,
  ResourceNotFoundException,
  SecretsManagerClient,
  UpdateSecretVersionStageCommand,
  type GetSecretValueCommandInput,
} from "@aws-sdk/client-secrets-manager";
import { lean, leanJson1_1Options } from "../platform/aws-client.ts";
import { lazy } from "../platform/lazy.ts";

const client = lazy(() => lean(new SecretsManagerClient(leanJson1_1Options)));

// Equal reasons give equal version ids. Secrets Manager ignores a repeated write with the same
// value and refuses one with another value.
const versionIdFor = (...reason: string[]) => createHash("sha256").update(reason.join("\0")).digest("hex");

const read = async (input: GetSecretValueCommandInput): Promise<string | undefined> => {
  try {
    return (await client().send(new GetSecretValueCommand(input))).SecretString;
  } catch (error) {
    if (error instanceof ResourceNotFoundException) return undefined;
    throw error;
  }
};

export const readCurrent = async (secretId: string): Promise<string> => {
  const value = await read({ SecretId: secretId });
  if (value === undefined) throw new Error(`secret ${secretId} is empty`);
  return value;
};

/** Fills the secret if it is empty. Returns the stored value, which another writer may have set. */
export const initialiseSecret = async (
  secretId: string,
  createValue: () => Promise<string>,
): Promise<string> => {
  const present = await read({ SecretId: secretId });
  if (present !== undefined) return present;
  try {
    const value = await createValue();
    const token = versionIdFor("first", secretId);
    await client().send(
      new PutSecretValueCommand({ SecretId: secretId, SecretString: value, ClientRequestToken: token }),
    );
    return value;
  } catch (error) {
    if (!(error instanceof ResourceExistsException)) throw error;
    return readCurrent(secretId);
  }
};

/** Repeating the call with the same reason and value changes nothing. */
export const replaceSecret = async (secretId: string, value: string, reason: string): Promise<void> => {
  const token = versionIdFor(secretId, reason);
  await client().send(
    new PutSecretValueCommand({ SecretId: secretId, SecretString: value, ClientRequestToken: token }),
  );
};

export const readPending = (secretId: string, versionId: string): Promise<string | undefined> =>
  read({ SecretId: secretId, VersionId: versionId, VersionStage: "AWSPENDING" });

export const putPending = async (secretId: string, versionId: string, value: string): Promise<void> => {
  await client().send(
    new PutSecretValueCommand({
      SecretId: secretId,
      SecretString: value,
      ClientRequestToken: versionId,
      VersionStages: ["AWSPENDING"],
    }),
  );
};

const holderOf = async (secretId: string, stage: string): Promise<string | undefined> => {
  const { VersionIdsToStages = {} } = await client().send(new DescribeSecretCommand({ SecretId: secretId }));
  return Object.entries(VersionIdsToStages).find(([, stages]) => stages.includes(stage))?.[0];
};

const moveStage = async (secretId: string, stage: string, from: string | undefined, to?: string) => {
  await client().send(
    new UpdateSecretVersionStageCommand({
      SecretId: secretId,
      VersionStage: stage,
      RemoveFromVersionId: from,
      MoveToVersionId: to,
    }),
  );
};

/** Cancels a rotation that hasn't finished. */
export const dropPending = async (secretId: string): Promise<void> => {
  const holder = await holderOf(secretId, "AWSPENDING");
  if (holder !== undefined) await moveStage(secretId, "AWSPENDING", holder);
};

export const promote = async (secretId: string, versionId: string): Promise<void> => {
  const holder = await holderOf(secretId, "AWSCURRENT");
  if (holder !== versionId) await moveStage(secretId, "AWSCURRENT", holder, versionId);
};
