// A role's own policy is one of two guards of a key. The secret's policy also holds for
// administrators of the account: to read a key, they must first change it, which CloudTrail shows.
import { ArnFormat, type Stack } from "aws-cdk-lib";
import { Effect, PolicyDocument, PolicyStatement, StarPrincipal } from "aws-cdk-lib/aws-iam";
import { CfnResourcePolicy } from "aws-cdk-lib/aws-secretsmanager";
import type { FunctionName, Grant, ResourceVariable } from "../grants/grant.ts";
import { grants } from "../grants/grants.ts";
import { pascalCase, rolePath } from "../naming.ts";
import type { Settings } from "../settings/settings.ts";
import type { StatefulStack } from "./stateful-stack.ts";

const guarded = {
  SIGNING_KEYS_ID: "signingKeys",
  DIGEST_SECRET_ID: "digest",
} as const satisfies Partial<Record<ResourceVariable, keyof StatefulStack["secretArns"]>>;

const readersOf = (variable: keyof typeof guarded): FunctionName[] =>
  (Object.entries(grants) as [FunctionName, Grant][]).flatMap(([name, { [variable]: actions = [] }]) =>
    actions.includes("GetSecretValue") ? [name] : [],
  );

/**
 * Roles are named by their paths, so that the policy may be older than a role, or its replacement.
 * It comes after the functions of this stack, so that no function loses its keys before it has a
 * role with a path.
 */
export const guardKeys = (
  stack: Stack,
  { secretArns }: StatefulStack,
  { STAGE, KEY_OPERATOR_ARN }: Settings,
): void => {
  const iamArn = (resource: string) =>
    stack.formatArn({ service: "iam", region: "", resource, arnFormat: ArnFormat.NO_RESOURCE_NAME });
  for (const variable of Object.keys(guarded) as (keyof typeof guarded)[]) {
    const readers = readersOf(variable);
    const allowed = [
      iamArn("root"),
      ...readers.map((name) => iamArn(`role${rolePath(STAGE, name)}*`)),
      ...(KEY_OPERATOR_ARN === undefined ? [] : [KEY_OPERATOR_ARN]),
    ];
    const secret = guarded[variable];
    const policy = new CfnResourcePolicy(stack, `Readers${pascalCase(secret)}`, {
      secretId: secretArns[secret],
      blockPublicPolicy: true,
      resourcePolicy: new PolicyDocument({
        statements: [
          new PolicyStatement({
            sid: "OnlyReaders",
            effect: Effect.DENY,
            principals: [new StarPrincipal()],
            actions: ["secretsmanager:GetSecretValue"],
            resources: ["*"],
            conditions: { ArnNotLike: { "aws:PrincipalArn": allowed } },
          }),
        ],
      }),
    });
    for (const name of readers) {
      const reader = stack.node.tryFindChild(pascalCase(name));
      if (reader) policy.node.addDependency(reader);
    }
  }
};
