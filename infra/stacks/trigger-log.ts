/** CDK's own function behind deployment triggers writes to a log that no stack would delete, unless it is given one. */
import { CfnResource, type RemovalPolicy, type Stack } from "aws-cdk-lib";
import { LogGroup, type RetentionDays } from "aws-cdk-lib/aws-logs";

const providerId = "AWSCDK.TriggerCustomResourceProviderCustomResourceProvider";

export const addTriggerLog = (
  stack: Stack,
  { retention, removalPolicy }: { retention: RetentionDays; removalPolicy: RemovalPolicy },
): void => {
  const handler = stack.node.findChild(providerId).node.findChild("Handler");
  if (!CfnResource.isCfnResource(handler)) throw new Error("CDK makes the trigger's function in another way");
  const log = new LogGroup(stack, "TriggerLogs", { retention, removalPolicy });
  handler.addPropertyOverride("LoggingConfig", { LogGroup: log.logGroupName });
};
