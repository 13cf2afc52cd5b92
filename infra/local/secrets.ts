/**
 * Secrets Manager as far as our functions use it: versions with staging labels, idempotent writes by client token, and
 * what rotation needs. Values live in `.local/secrets.json`, readable by the owner only.
 */
import { randomUUID } from "node:crypto";
import { mkdirSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import path from "node:path";
import * as z from "zod";
import { generateSecretString, generateSecretStringSchema } from "./generate-secret-string.ts";
import { ServiceError } from "./service-error.ts";
import type { Templates } from "./template.ts";

const versionSchema = z.object({ value: z.string(), stages: z.array(z.string()), createdAt: z.number() });
const secretSchema = z.object({
  arn: z.string(),
  name: z.string(),
  versions: z.record(z.string(), versionSchema),
});
type Secret = z.output<typeof secretSchema>;
type Version = z.output<typeof versionSchema>;

export type Secrets = {
  call: (operation: string, parameters: unknown) => Record<string, unknown>;
  /** The ARN of the secret that a caller names by name or ARN; undefined when there is none. */
  arnOf: (secretId: string) => string | undefined;
};

const secretId = z.object({ SecretId: z.string() });
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

const notFound = () =>
  new ServiceError("ResourceNotFoundException", "Secrets Manager can't find the specified secret.");

/** Gives a label to one version; the label that leaves AWSCURRENT makes its old version AWSPREVIOUS. */
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

/** A version without a label is deprecated: AWS deletes it some day, we at once. */
const dropUnlabelled = (secret: Secret) => {
  for (const [id, { stages }] of Object.entries(secret.versions)) {
    if (stages.length === 0) delete secret.versions[id];
  }
};

const operations: Record<string, (secret: Secret, parameters: unknown) => Record<string, unknown>> = {
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
    // AWS moves a label only away from the version that the caller names: nobody moves what he has not seen.
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

export const openSecrets = (templates: Templates, dataDirectory: string): Secrets => {
  const file = path.join(dataDirectory, "secrets.json");
  const secrets = read(file);
  const save = () => {
    mkdirSync(dataDirectory, { recursive: true });
    writeFileSync(`${file}.new`, JSON.stringify(secrets, null, 2), { mode: 0o600 });
    renameSync(`${file}.new`, file);
  };
  for (const resource of templates.ofType("AWS::SecretsManager::Secret")) {
    const { ref: arn } = resource.identity();
    if (secrets.some((secret) => secret.arn === arn)) continue;
    const { SecretString, GenerateSecretString } = initialValue.parse(resource.properties());
    const value = SecretString ?? (GenerateSecretString && generateSecretString(GenerateSecretString));
    const versions: Record<string, Version> =
      value === undefined
        ? {}
        : { [randomUUID()]: { value, stages: ["AWSCURRENT"], createdAt: Date.now() / 1000 } };
    const name = arn.slice(arn.indexOf(":secret:") + ":secret:".length).replace(/-[^-]{6}$/, "");
    secrets.push({ arn, name, versions });
  }
  save();
  const find = (id: string) => secrets.find(({ arn, name }) => arn === id || name === id);
  return {
    arnOf: (id) => find(id)?.arn,
    call: (operation, parameters) => {
      const run = operations[operation];
      if (run === undefined) {
        throw new ServiceError("UnknownOperationException", `${operation} is not run locally`);
      }
      const secret = find(secretId.parse(parameters).SecretId);
      if (secret === undefined) throw notFound();
      const result = run(secret, parameters);
      if (operation !== "GetSecretValue" && operation !== "DescribeSecret") save();
      return { ARN: secret.arn, Name: secret.name, ...result };
    },
  };
};

const initialValue = z.object({
  SecretString: z.string().optional(),
  GenerateSecretString: generateSecretStringSchema.optional(),
});

const read = (file: string): Secret[] => {
  try {
    return z.array(secretSchema).parse(JSON.parse(readFileSync(file, "utf8")));
  } catch (error) {
    if (error instanceof Error && "code" in error && error.code === "ENOENT") return [];
    throw error;
  }
};
