/** Secrets Manager as an operator uses it, on a stack of the test's own. */
import {
  GetSecretValueCommand,
  RotateSecretCommand,
  SecretsManagerClient,
} from "@aws-sdk/client-secrets-manager";
import type { Stack } from "../../../infra/local/stack.ts";

type Ring = "SigningKeys" | "Digest";

export const secretsOf = ({ endpoint, outputs }: Stack) => {
  const { url, region, accessKeyId, secretAccessKey } = endpoint;
  const client = new SecretsManagerClient({
    endpoint: url,
    region,
    credentials: { accessKeyId, secretAccessKey },
  });
  const idOf = (name: Ring) => {
    const found = Object.entries(outputs).find(([output]) => output.endsWith(`.${name}Arn`));
    if (!found) throw new Error(`no output ${name}Arn`);
    return found[1];
  };
  return {
    rotate: (name: Ring) => client.send(new RotateSecretCommand({ SecretId: idOf(name) })),
    read: async (name: Ring) =>
      (await client.send(new GetSecretValueCommand({ SecretId: idOf(name) }))).SecretString ?? "",
  };
};
