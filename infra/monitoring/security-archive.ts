import { CfnSubscriptionFilter, FilterPattern, type ILogGroup } from "aws-cdk-lib/aws-logs";
import type { Construct } from "constructs";
import type { Settings } from "../settings/settings.ts";

/** A log group can have two subscriptions, so one is left for other uses. */
export const archiveSecurityLines = (
  scope: Construct,
  id: string,
  { logGroupName }: ILogGroup,
  { SECURITY_ARCHIVE_DESTINATION_ARN: destinationArn }: Settings,
): void => {
  if (destinationArn === undefined) return;
  const { logPatternString } = FilterPattern.stringValue("$.message", "=", "security");
  new CfnSubscriptionFilter(scope, `${id}Archive`, {
    logGroupName,
    destinationArn,
    filterPattern: logPatternString,
  });
};
