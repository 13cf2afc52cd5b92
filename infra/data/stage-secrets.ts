import { CfnOutput, type Stack } from "aws-cdk-lib";
import { CfnSecret, Secret, type ReplicaRegion } from "aws-cdk-lib/aws-secretsmanager";
import { pascalCase } from "../naming.ts";
import type { Settings } from "../settings/settings.ts";
import { removalPolicyOf } from "./removal-policy.ts";

export type SecretArns = Readonly<
  Record<"key" | "digest" | "device" | "signingKeys" | "verificationKeys", string>
>;

export const createSecrets = (stack: Stack, settings: Settings): SecretArns => {
  const removalPolicy = removalPolicyOf(settings);
  const { PSEUDONYM_SECRET_COPY_REGION: region } = settings;
  const randomSecret = (name: string, description: string, copies: ReplicaRegion[] = []) =>
    new Secret(stack, name, {
      description,
      generateSecretString: { passwordLength: 64, excludePunctuation: true },
      removalPolicy,
      ...(copies.length > 0 && { replicaRegions: copies }),
    }).secretArn;
  // A function fills these, so that no template contains a key. Only an L1 construct allows it.
  const emptySecret = (name: string, description: string) => {
    const secret = new CfnSecret(stack, name, { description });
    secret.applyRemovalPolicy(removalPolicy);
    return secret.ref;
  };
  const arns = {
    // This is the pseudonym secret. A construct's id can't change without replacing it.
    key: randomSecret(
      "KeySecret",
      "Secret that derives the keys of addresses and limits. It must never change.",
      region === undefined ? [] : [{ region }],
    ),
    device: randomSecret("DeviceSecret", "Secret that device tokens are signed with"),
    digest: emptySecret("DigestKeys", "Key ring for the digests of codes"),
    signingKeys: emptySecret("SigningKeys", "Private keys for signing tokens"),
    verificationKeys: emptySecret("VerificationKeys", "Public keys for verifying tokens (JWKS)"),
  };
  for (const [name, value] of Object.entries(arns)) new CfnOutput(stack, `${pascalCase(name)}Arn`, { value });
  return arns;
};
