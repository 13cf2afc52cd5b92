// A secret may deny what the policy of a role allows.
import { GetSecretValueCommand, SecretsManagerClient } from "@aws-sdk/client-secrets-manager";
import { describe, expect, it } from "vitest";
import type { FixtureTemplates } from "../fixtures/templates.ts";
import { clientAs, dispose, startFixtureStack, useStack } from "../fixtures/use-stack.ts";

const denyAllBut = (...arns: string[]) => ({
  Effect: "Deny",
  Principal: "*",
  Action: "secretsmanager:GetSecretValue",
  Resource: "*",
  Condition: { ArnNotLike: { "aws:PrincipalArn": arns.map((arn) => ({ "Fn::Sub": arn })) } },
});
const withPolicy =
  (statement: object) =>
  ({ service }: FixtureTemplates): void => {
    for (const name of ["Probe", "Consumer"]) {
      const role = service.Resources[`${name}Role`];
      if (role) role.Properties["Path"] = `/fixture/${name.toLowerCase()}/`;
      const policy = service.Resources[`${name}Policy`];
      const Statement = [
        { Effect: "Allow", Action: "secretsmanager:*", Resource: "*" },
        { Effect: "Allow", Action: "sqs:*", Resource: "*" },
      ];
      if (policy) policy.Properties["PolicyDocument"] = { Statement };
    }
    service.Resources["Guard"] = {
      Type: "AWS::SecretsManager::ResourcePolicy",
      Properties: {
        SecretId: { "Fn::ImportValue": "data:RandomSecret" },
        ResourcePolicy: { Statement: [statement] },
        BlockPublicPolicy: true,
      },
    };
  };

const probeOnly = denyAllBut("arn:${AWS::Partition}:iam::${AWS::AccountId}:role/fixture/probe/*");

describe("policy of a secret", () => {
  const stack = useStack({ alter: withPolicy(probeOnly) });
  const read = (principal: string) =>
    new SecretsManagerClient(clientAs(stack(), principal)).send(
      new GetSecretValueCommand({ SecretId: stack().outputs["data.RandomSecret"] }),
    );

  it("denies what a role allows [ASVS 13.3.2]", async () => {
    await expect(read("Consumer")).rejects.toMatchObject({
      name: "AccessDeniedException",
      message: expect.stringContaining("with an explicit deny in a resource-based policy"),
    });
  });

  it("spares the role with the path that it names", async () => {
    expect((await read("Probe")).SecretString).toMatch(/^[A-Za-z0-9]{40}$/);
  });
});

it("a policy of a secret that allows something stops the start", async () => {
  const alter = withPolicy({ ...probeOnly, Effect: "Allow" });
  const start = startFixtureStack({ alter }).then(dispose);
  await expect(start).rejects.toThrow("Deny");
});
