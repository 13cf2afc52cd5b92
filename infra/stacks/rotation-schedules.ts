/**
 * The schedules on which Secrets Manager rotates the key rings. Here and not beside the secrets, whose stack comes first; by
 * hand and not by CDK's construct, which would let the function draw on every secret's random passwords.
 */
import { ServicePrincipal } from "aws-cdk-lib/aws-iam";
import type { Function } from "aws-cdk-lib/aws-lambda";
import { CfnRotationSchedule } from "aws-cdk-lib/aws-secretsmanager";
import { Construct } from "constructs";
import type { Settings } from "../settings.ts";
import type { StatefulStack } from "./stateful-stack.ts";

export const addKeyRotation = (
  scope: Construct,
  rotateKeys: Function,
  { signingKeys, digest }: StatefulStack["secretArns"],
  { KEY_ROTATION_DAYS }: Settings,
): Construct => {
  const schedules = new Construct(scope, "KeyRotation");
  for (const [name, arn] of Object.entries({ SigningKeys: signingKeys, DigestKeys: digest })) {
    const id = `Rotate${name}`;
    rotateKeys.addPermission(id, {
      principal: new ServicePrincipal("secretsmanager.amazonaws.com"),
      sourceArn: arn,
    });
    const schedule = new CfnRotationSchedule(schedules, id, {
      secretId: arn,
      rotationLambdaArn: rotateKeys.functionArn,
      rotationRules: { automaticallyAfterDays: KEY_ROTATION_DAYS },
      // The deployment has only just made them.
      rotateImmediatelyOnUpdate: false,
    });
    // Secrets Manager tries the permission when the schedule is made.
    schedule.node.addDependency(rotateKeys.node.findChild(id));
  }
  return schedules;
};
