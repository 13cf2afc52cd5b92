import { randomUUID } from "node:crypto";
import * as z from "zod";
import { ServiceError } from "../aws/service-error.ts";

const versionSchema = z.object({ value: z.string(), stages: z.array(z.string()), createdAt: z.number() });
export const secretSchema = z.object({
  arn: z.string(),
  name: z.string(),
  versions: z.record(z.string(), versionSchema),
});
export type Secret = z.output<typeof secretSchema>;
export type Version = z.output<typeof versionSchema>;

export const secretId = z.object({ SecretId: z.string() });
const getParameters = secretId.extend({
  VersionId: z.string().optional(),
  VersionStage: z.string().optional(),
});
const putParameters = secretId.extend({
  ClientRequestToken: z.string().optional(),
  SecretString: z.string(),
  VersionStages: z.array(z.string()).optional(),
});
const stageParameters = secretId.extend({
  VersionStage: z.string(),
  MoveToVersionId: z.string().optional(),
  RemoveFromVersionId: z.string().optional(),
});

export const notFound = () =>
  new ServiceError("ResourceNotFoundException", "Secrets Manager can't find the specified secret.");

const moveStage = (secret: Secret, stage: string, toId: string | undefined) => {
  const without = (id: string, label: string) => {
    const version = secret.versions[id];
    if (version) version.stages = version.stages.filter((other) => other !== label);
  };
  const ids = Object.keys(secret.versions);
  const fromId = ids.find((id) => secret.versions[id]?.stages.includes(stage));
  if (fromId === toId) return;
  for (const id of ids) without(id, stage);
  if (toId === undefined) return;
  secret.versions[toId]?.stages.push(stage);
  if (stage !== "AWSCURRENT" || fromId === undefined) return;
  for (const id of ids) without(id, "AWSPREVIOUS");
  secret.versions[fromId]?.stages.push("AWSPREVIOUS");
};

/** AWS deletes versions without a label later. Here they are deleted at once. */
const dropUnlabelled = (secret: Secret) => {
  for (const [id, { stages }] of Object.entries(secret.versions)) {
    if (stages.length === 0) delete secret.versions[id];
  }
};

/** Operations modify the secret that they are given. */
export const secretOperations: Record<
  string,
  (secret: Secret, parameters: unknown) => Record<string, unknown>
> = {
  GetSecretValue: (secret, parameters) => {
    const { VersionId, VersionStage = VersionId === undefined ? "AWSCURRENT" : undefined } =
      getParameters.parse(parameters);
    const found = Object.entries(secret.versions).find(
      ([id, { stages }]) =>
        (VersionId === undefined || id === VersionId) &&
        (VersionStage === undefined || stages.includes(VersionStage)),
    );
    if (found === undefined) {
      const label = VersionId ?? VersionStage;
      throw new ServiceError(
        "ResourceNotFoundException",
        `Secrets Manager can't find the specified secret value for ${VersionId === undefined ? "staging label" : "VersionId"}: ${label}`,
      );
    }
    const [id, { value, stages, createdAt }] = found;
    return { VersionId: id, SecretString: value, VersionStages: stages, CreatedDate: createdAt };
  },
  PutSecretValue: (secret, parameters) => {
    const {
      ClientRequestToken: id = randomUUID(),
      SecretString: value,
      VersionStages = ["AWSCURRENT"],
    } = putParameters.parse(parameters);
    const existing = secret.versions[id];
    if (existing !== undefined && existing.value !== value) {
      throw new ServiceError(
        "ResourceExistsException",
        "You can't use ClientRequestToken " +
          id +
          " because that value is already in use for a version of this secret.",
      );
    }
    if (existing === undefined) {
      secret.versions[id] = { value, stages: [], createdAt: Date.now() / 1000 };
      for (const stage of VersionStages) moveStage(secret, stage, id);
      dropUnlabelled(secret);
    }
    return { VersionId: id, VersionStages: secret.versions[id]?.stages ?? [] };
  },
  DescribeSecret: (secret) => ({
    VersionIdsToStages: Object.fromEntries(
      Object.entries(secret.versions).map(([id, { stages }]) => [id, stages]),
    ),
  }),
  UpdateSecretVersionStage: (secret, parameters) => {
    const { VersionStage, MoveToVersionId, RemoveFromVersionId } = stageParameters.parse(parameters);
    const holder = Object.keys(secret.versions).find((id) =>
      secret.versions[id]?.stages.includes(VersionStage),
    );
    if (MoveToVersionId !== undefined && secret.versions[MoveToVersionId] === undefined) throw notFound();
    // AWS requires the label's current version in the request, so that no one moves it unseen.
    if (holder !== undefined && holder !== RemoveFromVersionId && holder !== MoveToVersionId) {
      throw new ServiceError(
        "InvalidParameterException",
        `The parameter RemoveFromVersionId can't be empty. Staging label ${VersionStage} is currently attached to version ${holder}, so you must explicitly reference that version in RemoveFromVersionId.`,
      );
    }
    moveStage(secret, VersionStage, MoveToVersionId);
    dropUnlabelled(secret);
    return {};
  },
};
