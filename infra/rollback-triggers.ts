// CloudFormation rolls a deployment back if one of these alarms goes off. None of them counts what
// callers do wrong.
import { CloudWatchClient, DescribeAlarmsCommand } from "@aws-sdk/client-cloudwatch";
import { alarmName } from "./naming.ts";
import { noRegion, UserError } from "./user-error.ts";

/** CloudFormation allows five. */
export const triggerIds = [
  "ServerErrorAlarm",
  "RefreshErrorAlarm",
  "CreateTokenErrorAlarm",
  "DeadLetterAlarm",
  "NoticeDeadLetterAlarm",
] as const;

export type Trigger = { arn: string; name: string; isOn: boolean };

const explained = (error: unknown): never => {
  const reason = error instanceof Error ? error.message : String(error);
  if (reason.includes("Region is missing")) throw new UserError(noRegion);
  throw new UserError(
    `The alarms that watch a deployment can't be read (cloudwatch:DescribeAlarms), so nothing was deployed. ${reason}`,
  );
};

/** Only alarms that exist: a missing one would fail the deployment. */
export const findTriggers = async (stage: string): Promise<Trigger[]> => {
  const AlarmNames = triggerIds.map((id) => alarmName(stage, id));
  const { MetricAlarms = [] } = await new CloudWatchClient({})
    .send(new DescribeAlarmsCommand({ AlarmNames, AlarmTypes: ["MetricAlarm"] }))
    .catch(explained);
  return MetricAlarms.flatMap(({ AlarmArn: arn, AlarmName: name, StateValue }) =>
    arn === undefined || name === undefined ? [] : [{ arn, name, isOn: StateValue === "ALARM" }],
  );
};

/** An alarm that is on says nothing of the new version, and would roll it back at once. */
export const usableTriggers = (triggers: readonly Trigger[], despiteAlarms: boolean): Trigger[] => {
  const on = triggers.filter(({ isOn }) => isOn).map(({ name }) => name);
  if (on.length > 0 && !despiteAlarms)
    throw new UserError(
      `Nothing was deployed, because a deployment would be rolled back at once: ${on.join(", ")} ${on.length === 1 ? "is" : "are"} in ALARM. End the cause first. If this version is the repair, add --despite-alarms: the other alarms still watch.`,
    );
  return triggers.filter(({ isOn }) => !isOn);
};
