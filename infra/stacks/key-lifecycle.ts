import { CfnResource, type Stack } from "aws-cdk-lib";
import { ServicePrincipal } from "aws-cdk-lib/aws-iam";
import type { Function } from "aws-cdk-lib/aws-lambda";
import { LogGroup } from "aws-cdk-lib/aws-logs";
import { CfnRotationSchedule } from "aws-cdk-lib/aws-secretsmanager";
import { Trigger } from "aws-cdk-lib/triggers";
import { Construct } from "constructs";
import type { Settings } from "../settings/settings.ts";
import { removalPolicyOf } from "../data/removal-policy.ts";
import type { StatefulStack } from "./stateful-stack.ts";

const providerId = "AWSCDK.TriggerCustomResourceProviderCustomResourceProvider";

/** By default, CDK's function for triggers writes to a log group that no stack deletes. */
const addTriggerLog = (stack: Stack, settings: Settings): void => {
  const handler = stack.node.findChild(providerId).node.findChild("Handler");
  if (!CfnResource.isCfnResource(handler))
    throw new Error("This version of CDK creates the trigger's function differently");
  const log = new LogGroup(stack, "TriggerLogs", {
    retention: settings.LOG_RETENTION_DAYS,
    removalPolicy: removalPolicyOf(settings),
  });
  handler.addPropertyOverride("LoggingConfig", { LogGroup: log.logGroupName });
};

/** `createKeys` runs at every deployment and does not change existing keys. */
export const createKeysAtDeployment = (stack: Stack, createKeys: Function, settings: Settings): Trigger => {
  const trigger = new Trigger(stack, "CreateKeysAtDeployment", { handler: createKeys });
  addTriggerLog(stack, settings);
  return trigger;
};

// The schedules are in the function's stack, because the stack of the secrets is deployed earlier.
// CDK's own construct would grant the function `GetRandomPassword` on everything.
export const rotateKeysOnSchedule = (
  scope: Construct,
  rotateKeys: Function,
  { secretArns: { signingKeys, digest } }: StatefulStack,
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
      rotateImmediatelyOnUpdate: false,
    });
    // Secrets Manager checks the permission when the schedule is created.
    schedule.node.addDependency(rotateKeys.node.findChild(id));
  }
  return schedules;
};
