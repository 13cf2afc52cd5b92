import { globSync, readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { alarmName, pascalCase } from "../../../infra/naming.ts";
import { triggerIds } from "../../../infra/rollback-triggers.ts";
import { contract, type OperationName } from "../../../shared/contract/contract.ts";
import type { Operation } from "../../../shared/contract/operation.ts";
import { publishedMetrics } from "./published-metrics.ts";
import { alarmsOf, metricsIn, nameOf, other, stage } from "./watched-stages.ts";

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
      Namespace: "LitAuth/prod",
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

  it.each<[string, string, string, object, object]>([
    ["RequestCountAlarm", "Count", "Sum", { Period: 300, Threshold: 30_000 }, { Threshold: 500 }],
    ["ClientErrorAlarm", "4XXError", "Sum", { Period: 300, Threshold: 3_000 }, { Threshold: 700 }],
    ["LatencyAlarm", "Latency", "p99", { Period: 300, Threshold: 3_000 }, { Threshold: 900 }],
  ])("%s watches %s of the whole API", (id, MetricName, statistic, byDefault, whenSet) => {
    for (const [source, ApiName, expected] of [
      [stage, "lit-auth-dev", byDefault],
      [other, "lit-auth-prod", whenSet],
    ] as const)
      expect(source.one("AWS::CloudWatch::Alarm", id).Properties).toMatchObject({
        Namespace: "AWS/ApiGateway",
        MetricName,
        Dimensions: [{ Name: "ApiName", Value: ApiName }],
        [statistic === "Sum" ? "Statistic" : "ExtendedStatistic"]: statistic,
        ...expected,
      });
  });

  it("go off before all senders use up the quota of SES", () => {
    for (const [source, Threshold] of [
      [stage, 40_000],
      [other, 160],
    ] as const) {
      const { Properties } = source.one("AWS::CloudWatch::Alarm", "SesQuotaAlarm");
      const day = { Namespace: "AWS/SES", MetricName: "Send", Statistic: "Sum", Period: 86_400 };
      expect(Properties).toMatchObject({ ...day, Threshold });
      expect(Properties).not.toHaveProperty("Dimensions");
    }
  });

  it.each(["RefreshError", "CreateTokenError"])("%sAlarm counts crashes and answered failures", (id) => {
    const name = id === "RefreshError" ? "refresh-token" : "create-token";
    const own = id === "RefreshError" ? "RefreshFailures" : "CreateTokenFailures";
    const [, alarm] = alarmsOf(stage).find(([one]) => one === `${id}Alarm`) ?? [];
    expect(alarm).toMatchObject({ Threshold: 1, DatapointsToAlarm: 2, EvaluationPeriods: 15 });
    expect(alarm && metricsIn(alarm)).toMatchObject([
      {
        Namespace: "AWS/Lambda",
        MetricName: "Errors",
        Dimensions: [{ Name: "FunctionName", Value: `lit-auth-dev-${name}` }],
      },
      { Namespace: "LitAuth/dev", MetricName: own },
    ]);
    expect(watched(own)).toEqual([pascalCase(id === "RefreshError" ? "refreshToken" : "createToken")]);
  });

  it("tell faults from calls that Lambda had no room for", () => {
    const patterns = Object.fromEntries(
      filters
        .filter(({ LogGroupName }) => JSON.stringify(LogGroupName).includes('"AccessLog'))
        .map(({ FilterPattern, MetricTransformations }) => [
          (MetricTransformations as { MetricName: string }[])[0]?.MetricName,
          FilterPattern,
        ]),
    );
    expect(patterns).toEqual({
      ServerErrors: '{ ($.status = "5*") && ($.gatewayResponse != "INTEGRATION_FAILURE") }',
      CallsTurnedAway: '{ $.gatewayResponse = "INTEGRATION_FAILURE" }',
    });
    const alarms = Object.fromEntries(alarmsOf(stage));
    expect(alarms["ServerErrorAlarm"]).toMatchObject({ MetricName: "ServerErrors", DatapointsToAlarm: 2 });
    const throttled = alarms["ThrottleAlarm"] && metricsIn(alarms["ThrottleAlarm"]);
    expect(throttled?.map(({ MetricName }) => MetricName)).toEqual([
      "CallsTurnedAway",
      ...Array.from({ length: (throttled?.length ?? 0) - 1 }, () => "Throttles"),
    ]);
    for (const name of ["mailer", "feedback", "rotate-keys"])
      expect(JSON.stringify(throttled)).toContain(`"lit-auth-dev-${name}"`);
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
    expect(alarmsOf(stage).flatMap(([, { AlarmActions = [] }]) => AlarmActions)).toEqual([]);
    for (const [, alarm] of alarmsOf(other)) expect(alarm.AlarmActions).toHaveLength(1);
    expect(Object.values(other.all("AWS::SNS::Subscription"))).toMatchObject([
      { Endpoint: "ops@example.com" },
    ]);
  });

  it("of checks exist only with the check", () => {
    const checks = (source: typeof stage) =>
      alarmsOf(source).flatMap(([id]) => (/^(Breach|Challenge)Check/.test(id) ? [id] : []));
    expect(checks(stage)).toEqual(["BreachCheckAlarm", "ChallengeCheckAlarm"]);
    expect(checks(other)).toEqual([]);
  });
});

describe("each alarm", () => {
  it("has the name that a deployment watches", () => {
    for (const [id, { AlarmName }] of alarmsOf(stage)) expect(AlarmName).toBe(alarmName("dev", id));
    expect(alarmName("prod", "ServerErrorAlarm")).toBe("lit-auth-prod-server-error-alarm");
    expect(alarmsOf(other).map(([id]) => id)).toEqual(expect.arrayContaining([...triggerIds]));
  });

  it("links its section of the runbook, and each section has an alarm", () => {
    const runbook = readFileSync("docs/runbook.md", "utf8");
    const sections = [...runbook.matchAll(/^### (\w+Alarm)\n([^]*?)(?=^##|$(?![^]))/gm)];
    const ids = alarmsOf(stage).map(([id]) => id);
    expect(sections.map(([, title = ""]) => title).toSorted()).toEqual(ids.toSorted());
    for (const [id, { AlarmDescription }] of alarmsOf(stage))
      expect(AlarmDescription).toMatch(new RegExp(`docs/runbook\\.md#${id.toLowerCase()}$`));
    const parts = ["Means", "Look", "Do", "Ends"];
    for (const [, title, text = ""] of sections)
      expect([title, [...text.matchAll(/^- \*\*(\w+):\*\* \S/gm)].map(([, part]) => part)]).toEqual([
        title,
        parts,
      ]);
  });

  it("looks back no further than CloudWatch allows", () => {
    for (const [id, alarm] of alarmsOf(stage)) {
      const metrics = metricsIn(alarm);
      expect(metrics.length).toBeLessThanOrEqual(10);
      for (const { Period } of metrics) {
        const longest = Period < 3_600 ? 86_400 : 604_800;
        expect([id, Period * alarm.EvaluationPeriods <= longest]).toEqual([id, true]);
      }
      expect(alarm.TreatMissingData).toBe("notBreaching");
    }
  });

  it("watches a metric that AWS or a function publishes", () => {
    const written = new Set(
      Object.values(stage.all("AWS::Logs::MetricFilter"))
        .flatMap(({ MetricTransformations }) => MetricTransformations as Record<string, unknown>[])
        .map(({ MetricNamespace, MetricName }) => `${String(MetricNamespace)} ${String(MetricName)}`),
    );
    for (const name of ["BreachCheckFailed", "ChallengeCheckFailed"])
      written.add(`LitAuth/dev ${name} service`);
    const unknown = alarmsOf(stage).flatMap(([id, alarm]) =>
      metricsIn(alarm)
        .map(({ Namespace, MetricName, Dimensions = [] }) =>
          [Namespace, MetricName, ...Dimensions.map(({ Name }) => Name)].join(" "),
        )
        .filter((metric) => !publishedMetrics.has(metric) && !written.has(metric))
        .map((metric) => `${id}: ${metric}`),
    );
    expect(unknown).toEqual([]);
  });
});

it("alarms on checks read the dimension that functions write", () => {
  for (const name of ["BreachCheck", "ChallengeCheck"])
    expect(stage.one("AWS::CloudWatch::Alarm", `${name}Alarm`).Properties).toMatchObject({
      Namespace: "LitAuth/dev",
      MetricName: `${name}Failed`,
      Dimensions: [{ Name: "service", Value: "lit-auth" }],
    });
});

it("each own metric is moved by a test on the stack", () => {
  const tests = globSync(["test/scenarios/**/*.test.ts", "test/unit/platform/secret-age.test.ts"])
    .map((file) => readFileSync(file, "utf8"))
    .join("\n");
  const metrics = Object.values(stage.all("AWS::Logs::MetricFilter")).flatMap(({ MetricTransformations }) =>
    (MetricTransformations as { MetricName: string }[]).map((one) => one.MetricName),
  );
  const unmoved = [...new Set(metrics)].filter(
    (name) => !new RegExp(`(?:metricMoved\\(stack, |linesMoving\\()"${name}"|\\b${name}: 1\\b`).test(tests),
  );
  expect(unmoved).toEqual([]);
});

it("each queue has an alarm: dead letters at once, others by age", () => {
  const queues = Object.entries(stage.all("AWS::SQS::Queue"));
  const targets = queues.map(([, { RedrivePolicy }]) => JSON.stringify(RedrivePolicy ?? ""));
  const metricOf = (id: string) =>
    targets.some((target) => target.includes(id)) || id.includes("DeadLetters")
      ? "ApproximateNumberOfMessagesVisible"
      : "ApproximateAgeOfOldestMessage";
  const expected = queues.map(([id]) => `${nameOf(id)} ${metricOf(id)}`);
  const found = alarmsOf(stage)
    .flatMap(([, alarm]) => metricsIn(alarm))
    .filter(({ Namespace }) => Namespace === "AWS/SQS")
    .map(({ MetricName, Dimensions }) => {
      const queue = /FnGetAtt(\w+?)[0-9A-F]{8}QueueName/.exec(JSON.stringify(Dimensions))?.[1];
      return `${queue} ${MetricName}`;
    });
  expect(found.toSorted()).toEqual(expected.toSorted());
});

it("own metrics carry the stage, in filters and in functions", () => {
  const namespaces = (source: typeof stage) =>
    new Set([
      ...Object.values(source.all("AWS::Logs::MetricFilter"))
        .flatMap(({ MetricTransformations }) => MetricTransformations as { MetricNamespace: string }[])
        .map(({ MetricNamespace }) => MetricNamespace),
      ...[...JSON.stringify(source.stacks).matchAll(/"METRICS_NAMESPACE":"([^"]+)"/g)].map(
        ([, namespace]) => namespace,
      ),
    ]);
  expect(namespaces(stage)).toEqual(new Set(["LitAuth/dev"]));
  expect(namespaces(other)).toEqual(new Set(["LitAuth/prod"]));
});
