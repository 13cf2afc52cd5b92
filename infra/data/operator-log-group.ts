import { CfnOutput, type Stack } from "aws-cdk-lib";
import { LogGroup } from "aws-cdk-lib/aws-logs";
import type { Settings } from "../settings/settings.ts";
import { removalPolicyOf } from "./removal-policy.ts";

/** No function may write to it: only operators' commands, with the rights of who runs them. */
export const createOperatorLog = (stack: Stack, settings: Settings): void => {
  const { logGroupName } = new LogGroup(stack, "Operators", {
    retention: settings.LOG_RETENTION_DAYS,
    removalPolicy: removalPolicyOf(settings),
  });
  new CfnOutput(stack, "OperatorLog", { value: logGroupName });
};
