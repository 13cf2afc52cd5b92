import { describe, expect, it } from "vitest";
import { loadPolicies } from "../../../infra/local/aws-endpoint/iam-policy.ts";
import { loadTemplates } from "../../../infra/local/cloudformation/templates.ts";
import { readSettings } from "../../../infra/settings/settings.ts";
import { requiredSettings, synthesiseStage } from "../synthesised.ts";

const operator = "arn:aws:iam::123456789012:role/aws-reserved/sso.amazonaws.com/AWSReservedSSO_Keys_0a1b";
const stage = synthesiseStage();
const withOperator = synthesiseStage({ KEY_OPERATOR_ARN: operator });
const ids = ["ReadersSigningKeys", "ReadersDigest"];
const type = "AWS::SecretsManager::ResourcePolicy";

const readersOf = (source: typeof stage, id: string): string[] => {
  const { Properties } = source.one(type, id);
  const { Statement } = Object(Properties?.["ResourcePolicy"]) as {
    Statement: { Condition: { ArnNotLike: Record<string, unknown[]> } }[];
  };
  return (Statement[0]?.Condition.ArnNotLike["aws:PrincipalArn"] ?? []).map(
    (arn) => /"(:?[\w/*:-]*(?:\*|root))"\]\]\}$/.exec(JSON.stringify(arn))?.[1] ?? String(arn),
  );
};
const role = (name: string) => `:role/lit-auth/dev/${name}/*`;

describe("policies of key secrets", () => {
  it("deny everyone else the keys of tokens and codes [ASVS 13.3.2]", () => {
    for (const id of ids)
      expect(stage.one(type, id).Properties).toMatchObject({
        BlockPublicPolicy: true,
        ResourcePolicy: {
          Statement: [
            {
              Effect: "Deny",
              Principal: "*",
              Action: "secretsmanager:GetSecretValue",
              Resource: "*",
              Condition: { ArnNotLike: { "aws:PrincipalArn": expect.any(Array) } },
            },
          ],
        },
      });
  });

  it("spare the roles of the grants sheet and the root user", () => {
    expect(readersOf(stage, "ReadersSigningKeys")).toEqual([
      ":root",
      role("create-token"),
      role("refresh-token"),
      role("open-admin-session"),
      role("create-keys"),
      role("rotate-keys"),
    ]);
    expect(readersOf(stage, "ReadersDigest")).toEqual([
      ":root",
      ...["activate-user", "create-token", "open-admin-session", "confirm-email", "claim-email"].map(role),
      ...["undo-email", "confirm-password-reset", "mailer", "create-keys", "rotate-keys"].map(role),
    ]);
  });

  it("spare an operator only if a setting names one", () => {
    for (const id of ids) expect(readersOf(withOperator, id).at(-1)).toBe(operator);
    for (const bad of ["*", "arn:aws:iam::123456789012:role/*", "arn:aws:iam::*:role/a", "Admin"])
      expect(() => readSettings({ ...requiredSettings, KEY_OPERATOR_ARN: bad })).toThrow("KEY_OPERATOR_ARN");
  });

  it("come after the functions that read the keys", () => {
    for (const id of ids) {
      const policy = stage.one(type, id);
      expect(JSON.stringify(policy["DependsOn"])).toMatch(/"CreateKeys[0-9A-F]{8}".*"RotateKeys[0-9A-F]{8}"/);
    }
  });

  it("hold for real principals, also for a role that replaces another [ASVS 13.3.2]", () => {
    const templates = loadTemplates(stage.stacks, "http://127.0.0.1:1");
    const { decide } = loadPolicies(templates);
    for (const name of ["DigestKeys", "SigningKeys"]) {
      const secret = templates
        .ofType("AWS::SecretsManager::Secret")
        .find(({ logicalId }) => logicalId === name);
      const read = (principal: string) =>
        decide(principal, {
          action: "secretsmanager:GetSecretValue",
          resource: secret?.identity().ref ?? "",
        });
      const account = "arn:aws:iam::000000000000:";
      expect(read(`${account}role/Admin`)).toBe("denied-by-resource");
      expect(read(`${account}role/lit-auth/dev/create-user/any`)).toBe("denied-by-resource");
      expect(read(`${account}role/lit-auth/prod/create-token/any`)).toBe("denied-by-resource");
      // Not denied. The role's own policy allows it, which this role of a later name doesn't have.
      expect(read(`${account}role/lit-auth/dev/create-token/later-name`)).toBe("not-allowed");
      expect(read(`${account}root`)).toBe("not-allowed");
      const creator = templates
        .ofType("AWS::IAM::Role")
        .map((one) => one.identity().attributes["Arn"] ?? "")
        .find((arn) => arn.includes("/create-keys/"));
      expect(read(creator ?? "")).toBe("allowed");
    }
  });
});
