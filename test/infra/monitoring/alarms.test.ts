import { describe, expect, it } from "vitest";
import { pascalCase } from "../../../infra/naming.ts";
import { contract, type OperationName } from "../../../shared/contract/contract.ts";
import type { Operation } from "../../../shared/contract/operation.ts";
import { synthesiseStage } from "../synthesised.ts";

const stage = synthesiseStage();
const other = synthesiseStage({
  FAILED_GUESSES_ALARM_PER_HOUR: "30",
  REQUESTS_ALARM_PER_FIVE_MINUTES: "500",
});
const withEmail = synthesiseStage({ STAGE: "prod", ALARM_EMAIL: "ops@example.com" });
const operations = Object.entries<Operation>(contract) as [OperationName, Operation][];

describe("alarms", () => {
  const filters = Object.values(stage.all("AWS::Logs::MetricFilter"));
  const watched = (metricName: string) =>
    filters
      .filter((filter) => JSON.stringify(filter["MetricTransformations"]).includes(`"${metricName}"`))
      .map(({ LogGroupName }) =>
        String(/"Ref":"(\w+)Logs[0-9A-F]{8}"/.exec(JSON.stringify(LogGroupName))?.[1]),
      )
      .toSorted();
  const operationsWith = (...codes: string[]) =>
    operations
      .filter(([, { errors }]) => errors.some((code) => codes.includes(code)))
      .map(([name]) => pascalCase(name))
      .toSorted();

  it("count refused passwords and codes over all accounts and operations [ASVS 6.3.1]", () => {
    expect(watched("FailedGuesses")).toEqual(
      operationsWith(
        "activation_refused",
        "sign_in_refused",
        "no_active_account",
        "code_refused",
        "too_many_password_guesses",
      ),
    );
    expect(watched("FailedGuesses")).toEqual(
      expect.arrayContaining(["ActivateUser", "CreateToken", "DeleteMe", "RequestOtp", "UpdateUser"]),
    );
    expect(filters).toContainEqual(
      expect.objectContaining({
        FilterPattern: '{ $.event = "refused" }',
        MetricTransformations: [
          { MetricNamespace: "LitAuth/dev", MetricName: "FailedGuesses", MetricValue: "1" },
        ],
      }),
    );
    expect(other.one("AWS::CloudWatch::Alarm", "FailedGuessesAlarm").Properties).toMatchObject({
      Namespace: "LitAuth/dev",
      MetricName: "FailedGuesses",
      Statistic: "Sum",
      Period: 3_600,
      Threshold: 30,
    });
  });

  it("go off when the letter budget refuses a letter", () => {
    expect(watched("LettersOverBudget")).toEqual(operationsWith("letter_budget_spent"));
    expect(JSON.stringify(filters)).toContain(
      JSON.stringify('{ ($.event = "limited") && ($.code = "letter_budget_spent") }'),
    );
    expect(stage.one("AWS::CloudWatch::Alarm", "LetterBudgetAlarm").Properties).toMatchObject({
      MetricName: "LettersOverBudget",
      Threshold: 1,
    });
  });

  it("go off at an unusual number of resets, which no limit stops", () => {
    expect(watched("ResetLetters")).toEqual(["Mailer"]);
    expect(stage.one("AWS::CloudWatch::Alarm", "ResetLettersAlarm").Properties).toMatchObject({
      MetricName: "ResetLetters",
      Period: 3_600,
      Threshold: 100,
    });
  });

  it("go off when a code was too old to be sent", () => {
    expect(watched("LettersTooOld")).toEqual(["Mailer"]);
    expect(JSON.stringify(filters)).toContain(JSON.stringify('{ $.outcome = "too_old" }'));
    expect(stage.one("AWS::CloudWatch::Alarm", "LettersTooOldAlarm").Properties).toMatchObject({
      MetricName: "LettersTooOld",
      Threshold: 1,
    });
  });

  it.each([
    ["DeadLetterAlarm", "MailDeadLetters"],
    ["NoticeDeadLetterAlarm", "NoticeDeadLetters"],
  ])("%s goes off at the first message in %s", (alarm, queue) => {
    const { Properties } = stage.one("AWS::CloudWatch::Alarm", alarm);
    expect(Properties).toMatchObject({ MetricName: "ApproximateNumberOfMessagesVisible", Threshold: 1 });
    expect(JSON.stringify(Properties)).toMatch(new RegExp(`FnGetAtt${queue}[0-9A-F]{8}QueueName`));
  });

  it("go off at an unusual number of requests", () => {
    for (const [source, Threshold] of [
      [stage, 30_000],
      [other, 500],
    ] as const)
      expect(source.one("AWS::CloudWatch::Alarm", "RequestCountAlarm").Properties).toMatchObject({
        Namespace: "AWS/ApiGateway",
        MetricName: "Count",
        Dimensions: [{ Name: "ApiName", Value: "lit-auth-dev" }],
        Statistic: "Sum",
        Period: 300,
        Threshold,
      });
  });

  it("go off long before SES reviews the account", () => {
    for (const [alarm, MetricName, Threshold] of [
      ["BounceRateAlarm", "Reputation.BounceRate", 0.02],
      ["ComplaintRateAlarm", "Reputation.ComplaintRate", 0.0005],
    ] as const)
      expect(stage.one("AWS::CloudWatch::Alarm", alarm).Properties).toMatchObject({
        Namespace: "AWS/SES",
        MetricName,
        Dimensions: [{ Name: "ses:configuration-set", Value: "lit-auth-dev" }],
        Statistic: "Average",
        Threshold,
        ComparisonOperator: "GreaterThanOrEqualToThreshold",
        TreatMissingData: "notBreaching",
      });
  });

  it("go off when a report of SES is lost or fails", () => {
    for (const rule of Object.values(stage.all("AWS::Events::Rule")).map(({ Name }) => Name))
      expect(Object.values(stage.all("AWS::CloudWatch::Alarm"))).toContainEqual(
        expect.objectContaining({
          Namespace: "AWS/Events",
          MetricName: "FailedInvocations",
          Dimensions: [{ Name: "RuleName", Value: rule }],
          Threshold: 1,
        }),
      );
    const { Properties } = stage.one("AWS::CloudWatch::Alarm", "FeedbackDeadLetterAlarm");
    expect(JSON.stringify(Properties)).toMatch(/FeedbackDeadLetters/);
  });

  it("go off when an administrator freezes an account for a move", () => {
    expect(watched("AddressMoves")).toEqual(["SetUserEmail"]);
    expect(JSON.stringify(filters)).toContain(JSON.stringify('{ $.event = "address_move_started" }'));
    expect(stage.one("AWS::CloudWatch::Alarm", "AddressMoveAlarm").Properties).toMatchObject({
      MetricName: "AddressMoves",
      Threshold: 1,
    });
  });

  it.each([
    ["BouncesAtOneDomain", "bounces_at_one_domain"],
    ["RegistrationsStopped", "registrations_stopped"],
  ])("go off on too many bounces: %s", (metric, event) => {
    expect(watched(metric)).toEqual(["Feedback"]);
    expect(JSON.stringify(filters)).toContain(JSON.stringify(`{ $.event = "${event}" }`));
    expect(stage.one("AWS::CloudWatch::Alarm", `${metric}Alarm`).Properties).toMatchObject({
      MetricName: metric,
      Threshold: 1,
    });
  });

  it("go off when an administrator reaches the limit on acts", () => {
    const limits = ["too_many_staff_acts", "too_many_invitations", "too_many_exports"];
    expect(watched("StaffActsOverLimit")).toEqual(operationsWith(...limits));
    expect(watched("StaffActsOverLimit")).toHaveLength(12);
    const codes = limits.map((code) => `($.code = "${code}")`).join(" || ");
    expect(JSON.stringify(filters)).toContain(JSON.stringify(`{ ($.event = "limited") && (${codes}) }`));
    expect(stage.one("AWS::CloudWatch::Alarm", "StaffActsAlarm").Properties).toMatchObject({
      MetricName: "StaffActsOverLimit",
      Threshold: 1,
    });
  });

  it("send email if an address is set, and only then", () => {
    const alarms = (source: typeof stage) => Object.values(source.all("AWS::CloudWatch::Alarm"));
    expect(alarms(stage)).toHaveLength(21);
    expect(alarms(stage).flatMap((alarm) => alarm["AlarmActions"] ?? [])).toEqual([]);
    for (const alarm of alarms(withEmail)) expect(alarm["AlarmActions"]).toHaveLength(1);
    expect(Object.values(withEmail.all("AWS::SNS::Subscription"))).toMatchObject([
      { Endpoint: "ops@example.com" },
    ]);
  });
});
