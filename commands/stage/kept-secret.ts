import { GetSecretValueCommand, SecretsManagerClient } from "@aws-sdk/client-secrets-manager";

/** For a secret that may be in another region, such as a copy. The ARN says in which. */
export const readElsewhere = async (arn: string): Promise<string> => {
  const [, , , region = ""] = arn.split(":");
  const there = new SecretsManagerClient(region === "" ? {} : { region });
  const { SecretString = "" } = await there.send(new GetSecretValueCommand({ SecretId: arn }));
  if (SecretString === "") throw new Error(`secret ${arn} is empty`);
  return SecretString;
};
