/** When the functions run that make and rotate keys. */
import { CfnResource, type Stack } from "aws-cdk-lib";
import { ServicePrincipal } from "aws-cdk-lib/aws-iam";
import type { Function } from "aws-cdk-lib/aws-lambda";
import { LogGroup } from "aws-cdk-lib/aws-logs";
import { CfnRotationSchedule } from "aws-cdk-lib/aws-secretsmanager";
import { Trigger } from "aws-cdk-lib/triggers";
import { Construct } from "constructs";
import type { Settings } from "../settings.ts";
import { removalPolicyOf, type StatefulStack } from "./stateful-stack.ts";

const providerId = "AWSCDK.TriggerCustomResourceProviderCustomResourceProvider";

/**
 * CDK's own function behind deployment triggers writes to a log that no stack would delete, unless
 * it is given one.
 */
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

/** The first deployment makes the keys; a later one finds them and leaves them. */
export const createKeysAtDeployment = (stack: Stack, createKeys: Function, settings: Settings): Trigger => {
  const trigger = new Trigger(stack, "CreateKeysAtDeployment", { handler: createKeys });
  addTriggerLog(stack, settings);
  return trigger;
};

/**
 * The schedules on which Secrets Manager rotates the key rings. They stand beside the function,
 * because the stack of the secrets is deployed before it. CDK's own construct is not used: it would
 * grant the function more than it needs (`GetRandomPassword` on everything).
 */
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
      // The deployment has only just made them.
      rotateImmediatelyOnUpdate: false,
    });
    // Secrets Manager tries the permission when the schedule is made.
    schedule.node.addDependency(rotateKeys.node.findChild(id));
  }
  return schedules;
};
