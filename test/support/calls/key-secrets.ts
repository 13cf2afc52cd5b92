import {
  GetSecretValueCommand,
  RotateSecretCommand,
  SecretsManagerClient,
} from "@aws-sdk/client-secrets-manager";
import type { Stack } from "../../../infra/local/stack.ts";
import { outputOf } from "../stacks/stack-outputs.ts";

type Ring = "SigningKeys" | "Digest";

/** Reads and rotates a stack's key rings through Secrets Manager, as an operator does. */
export const keySecretsOf = (stack: Stack) => {
  const { url, region, accessKeyId, secretAccessKey } = stack.endpoint;
  const client = new SecretsManagerClient({
    endpoint: url,
    region,
    credentials: { accessKeyId, secretAccessKey },
  });
  const idOf = (name: Ring) => outputOf(stack, `${name}Arn`);
  return {
    rotate: (name: Ring) => client.send(new RotateSecretCommand({ SecretId: idOf(name) })),
    read: async (name: Ring) =>
      (await client.send(new GetSecretValueCommand({ SecretId: idOf(name) }))).SecretString ?? "",
  };
};
