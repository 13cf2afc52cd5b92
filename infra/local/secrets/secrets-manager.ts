import { randomUUID } from "node:crypto";
import { mkdirSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import path from "node:path";
import * as z from "zod";
import { generateSecretString, generateSecretStringSchema } from "./generate-secret-string.ts";
import {
  notFound,
  secretId,
  secretOperations,
  secretSchema,
  type Secret,
  type Version,
} from "./secret-versions.ts";
import { ServiceError } from "../aws/service-error.ts";
import type { Templates } from "../cloudformation/templates.ts";

export type SecretsManager = {
  call: (operation: string, parameters: unknown) => Record<string, unknown>;
  arnOf: (secretId: string) => string | undefined;
};

export const openSecretsManager = (templates: Templates, dataDirectory: string): SecretsManager => {
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
      const run = secretOperations[operation];
      if (run === undefined) {
        throw new ServiceError("UnknownOperationException", `${operation} is not supported locally`);
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
