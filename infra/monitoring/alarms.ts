import { Alarm, TreatMissingData } from "aws-cdk-lib/aws-cloudwatch";
import { SnsAction } from "aws-cdk-lib/aws-cloudwatch-actions";
import { ServicePrincipal } from "aws-cdk-lib/aws-iam";
import { Topic } from "aws-cdk-lib/aws-sns";
import { EmailSubscription } from "aws-cdk-lib/aws-sns-subscriptions";
import type { Construct } from "constructs";
import type { Queues } from "../data/queues.ts";
import { alarmName } from "../naming.ts";
import type { Settings } from "../settings/settings.ts";
import { apiAlarms } from "./api-alarms.ts";
import type { AlarmRow } from "./aws-metrics.ts";
import { mailAlarms, queueAlarms } from "./mail-alarms.ts";
import { securityAlarms } from "./security-alarms.ts";

const topicFor = (scope: Construct, { ALARM_EMAIL }: Settings): Topic | undefined => {
  if (ALARM_EMAIL === undefined) return undefined;
  const topic = new Topic(scope, "Alarms", { enforceSSL: true });
  topic.addSubscription(new EmailSubscription(ALARM_EMAIL));
  // The policy that enforces TLS replaces the default policy, which allows CloudWatch alarms.
  topic.grantPublish(new ServicePrincipal("cloudwatch.amazonaws.com"));
  return topic;
};

/** Returns their ids. */
export const addAlarms = (scope: Construct, settings: Settings, queues: Queues): string[] => {
  const rows: Record<string, AlarmRow> = {
    ...apiAlarms(settings),
    ...queueAlarms(settings, queues),
    ...mailAlarms(settings),
    ...securityAlarms(settings),
  };
  const topic = topicFor(scope, settings);
  for (const [id, { meaning, ...row }] of Object.entries(rows)) {
    const alarm = new Alarm(scope, id, {
      alarmName: alarmName(settings.STAGE, id),
      alarmDescription: `${meaning}. What to do: docs/runbook.md#${id.toLowerCase()}`,
      threshold: 1,
      evaluationPeriods: 1,
      treatMissingData: TreatMissingData.NOT_BREACHING,
      ...row,
    });
    if (topic) alarm.addAlarmAction(new SnsAction(topic));
  }
  return Object.keys(rows);
};
