/** What somebody must hear of. Without `ALARM_EMAIL` the alarms stand in CloudWatch only. */
import { Duration } from "aws-cdk-lib";
import type { RestApi } from "aws-cdk-lib/aws-apigateway";
import { Alarm, TreatMissingData, type IMetric } from "aws-cdk-lib/aws-cloudwatch";
import { SnsAction } from "aws-cdk-lib/aws-cloudwatch-actions";
import { ServicePrincipal } from "aws-cdk-lib/aws-iam";
import type { IFunction } from "aws-cdk-lib/aws-lambda";
import { Topic } from "aws-cdk-lib/aws-sns";
import { EmailSubscription } from "aws-cdk-lib/aws-sns-subscriptions";
import type { IQueue } from "aws-cdk-lib/aws-sqs";
import type { Construct } from "constructs";

const period = Duration.minutes(1);

export const addAlarms = (
  scope: Construct,
  watched: {
    api: RestApi;
    deadLetters: IQueue;
    mailer: IFunction;
    rotateKeys: IFunction;
    failedGuesses: IMetric;
    failedGuessesPerHour: number;
    lettersOverBudget: IMetric;
    email: string | undefined;
  },
): void => {
  const alarms = [
    [
      "DeadLetterAlarm",
      "Letters failed five times",
      watched.deadLetters.metricApproximateNumberOfMessagesVisible({ period, statistic: "Maximum" }),
    ],
    // Failing functions of the API are server errors of the API; the mailer has no caller who would see them.
    [
      "ServerErrorAlarm",
      "The API answered with server errors",
      watched.api.metricServerError({ period, statistic: "Sum" }),
    ],
    ["MailerErrorAlarm", "The mailer failed as a whole", watched.mailer.metricErrors({ period })],
    ["KeyRotationAlarm", "Keys could not be rotated", watched.rotateKeys.metricErrors({ period })],
    [
      "FailedGuessesAlarm",
      "Many passwords and codes are refused, over all accounts",
      watched.failedGuesses,
      watched.failedGuessesPerHour,
    ],
    [
      "LetterBudgetAlarm",
      "More letters were asked for than may leave in an hour: nobody can register until it is over",
      watched.lettersOverBudget,
    ],
  ] as const satisfies [string, string, IMetric, number?][];
  const topic = watched.email === undefined ? undefined : new Topic(scope, "Alarms", { enforceSSL: true });
  if (topic && watched.email) {
    topic.addSubscription(new EmailSubscription(watched.email));
    // The policy that enforces TLS replaces the one that lets the account's own alarms in.
    topic.grantPublish(new ServicePrincipal("cloudwatch.amazonaws.com"));
  }
  for (const [id, alarmDescription, metric, threshold = 1] of alarms) {
    const alarm = new Alarm(scope, id, {
      alarmDescription,
      metric,
      threshold,
      evaluationPeriods: 1,
      treatMissingData: TreatMissingData.NOT_BREACHING,
    });
    if (topic) alarm.addAlarmAction(new SnsAction(topic));
  }
};
