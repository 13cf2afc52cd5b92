// Three dashboards of an account are free if none shows more than 50 metrics. Queries of logs run
// only while someone looks at the dashboard.
import { ArnFormat, type Stack } from "aws-cdk-lib";
import { CfnDashboard } from "aws-cdk-lib/aws-cloudwatch";
import type { IQueue } from "aws-cdk-lib/aws-sqs";
import { contract, type OperationName } from "../../shared/contract/contract.ts";
import type { Operation } from "../../shared/contract/operation.ts";
import { listIndexes } from "../../shared/store/list-indexes.ts";
import type { Queues } from "../data/queues.ts";
import type { Tables } from "../data/tables.ts";
import { alarmName, stackName } from "../naming.ts";
import type { Settings } from "../settings/settings.ts";
import { calledByNoCaller } from "./api-alarms.ts";
import { ofApi, ofFunction, ofQueue, ofReputation, ofSes, ofTable } from "./aws-metrics.ts";
import { gatewayMetric } from "./gateway-metrics.ts";
import { coldStarts, lettersByOutcome, refusalsByCode } from "./saved-queries.ts";
import { alarmList, graph, layOut, logTable, type Widget } from "./widgets.ts";

type Shown = { queues: Queues; tables: Tables; alarms: readonly string[] };
type Rows = readonly (readonly Widget[])[];

const minutes = 5;

const logsOf = (stage: string) => ({
  functions: [`${stackName(stage, "user-functions")}-`, `${stackName(stage, "staff-functions")}-`],
  mailer: [`${stackName(stage, "user-functions")}-MailerLogs`],
  access: [`${stackName(stage, "api")}-AccessLog`],
});

const queuesBy = (queues: Queues, isShown: (name: string) => boolean): [string, IQueue][] =>
  Object.entries(queues).filter(([name]) => isShown(name));
const holdsDeadLetters = (name: string) => name.endsWith("DeadLetters");

const callRow = (stage: string): Widget[] => [
  graph("Calls and refusals", [
    ofApi(stage, "Count", { minutes, label: "calls" }),
    ofApi(stage, "4XXError", { minutes, label: "refused (4xx)" }),
    ofApi(stage, "5XXError", { minutes, label: "failed or turned away (5xx)" }),
  ]),
  graph("Latency", [
    ofApi(stage, "Latency", { minutes, statistic: "p50", label: "p50" }),
    ofApi(stage, "Latency", { minutes, statistic: "p99", label: "p99" }),
  ]),
  graph("Server errors and calls turned away", [
    gatewayMetric(stage, "ServerErrors"),
    gatewayMetric(stage, "CallsTurnedAway"),
  ]),
];

const peopleRow = (stage: string, { queues }: Shown): Widget[] => [
  logTable(
    "Registered, activated, signed in",
    logsOf(stage).functions,
    'filter message = "security" and event in ["registered", "activated", "signed_in"]',
    "stats count(*) as people by event",
  ),
  graph("Letters asked for", [
    ofQueue(queues.mailQueue, "NumberOfMessagesSent", { minutes, label: "codes" }),
    ofQueue(queues.noticeQueue, "NumberOfMessagesSent", { minutes, label: "notices and other codes" }),
  ]),
  logTable("Letters by kind and outcome", logsOf(stage).mailer, ...lettersByOutcome),
  graph("Emails sent and returned", [
    ofSes("Send", { minutes: 60, label: "sent" }),
    ofSes("Bounce", { minutes: 60, label: "bounced" }),
    ofSes("Complaint", { minutes: 60, label: "complaints" }),
    ofSes("Reject", { minutes: 60, label: "rejected by SES" }),
  ]),
];

const queueRow = (stage: string, { queues }: Shown): Widget[] => [
  graph(
    "Age of the oldest message",
    queuesBy(queues, (name) => !holdsDeadLetters(name)).map(([label, queue]) =>
      ofQueue(queue, "ApproximateAgeOfOldestMessage", { minutes, statistic: "Maximum", label }),
    ),
  ),
  graph(
    "Dead letters",
    queuesBy(queues, holdsDeadLetters).map(([label, queue]) =>
      ofQueue(queue, "ApproximateNumberOfMessagesVisible", { minutes, statistic: "Maximum", label }),
    ),
  ),
  graph(
    "Errors of background functions",
    calledByNoCaller.map((name) => ofFunction(stage, name, "Errors", { minutes, label: name })),
  ),
  graph("Reputation at SES", [
    ofReputation(stage, "Reputation.BounceRate", { label: "bounces" }),
    ofReputation(stage, "Reputation.ComplaintRate", { label: "complaints" }),
  ]),
];

const costRow = (stage: string, { tables }: Shown): Widget[] => [
  graph("Requests", [ofApi(stage, "Count", { minutes: 60, label: "requests" })], "singleValue"),
  logTable(
    "GB-seconds of functions",
    logsOf(stage).functions,
    'filter type = "platform.report"',
    "stats sum(record.metrics.billedDurationMs * record.metrics.memorySizeMB) / 1024000 as gigabyteSeconds, count(*) as calls by bin(1d)",
  ),
  graph("Capacity units", [
    ...Object.entries(tables).flatMap(([name, table]) => [
      ofTable(table, "ConsumedReadCapacityUnits", { minutes: 60, label: `${name} read` }),
      ofTable(table, "ConsumedWriteCapacityUnits", { minutes: 60, label: `${name} written` }),
    ]),
    ...Object.keys(listIndexes).map((index) =>
      ofTable(tables.users, "ConsumedWriteCapacityUnits", { minutes: 60, index, label: `${index} written` }),
    ),
  ]),
  graph("Emails", [ofSes("Send", { minutes: 60, label: "emails" })], "singleValue"),
];

const overview = (stage: string, shown: Shown): Rows => [
  [alarmList("Alarms", shown.alarms)],
  callRow(stage),
  peopleRow(stage, shown),
  queueRow(stage, shown),
  costRow(stage, shown),
];

const operationsOf = (caller: Operation["caller"]): OperationName[] =>
  (Object.keys(contract) as OperationName[]).filter((name) => contract[name].caller === caller);

const operations = (stage: string): Rows => {
  const logs = logsOf(stage);
  const calls = (title: string, caller: Operation["caller"]) =>
    graph(
      title,
      operationsOf(caller).map((name) => ofFunction(stage, name, "Invocations", { minutes, label: name })),
    );
  return [
    [
      calls("Calls of public operations", "public"),
      calls("Calls of people's operations", "user"),
      calls("Calls of administrators' operations", "staff"),
    ],
    [
      logTable(
        "Duration by operation",
        logs.functions,
        'filter message in ["answered", "refused", "failed"]',
        "stats count(*) as calls, pct(durationMilliseconds, 50) as p50, pct(durationMilliseconds, 99) as p99 by operation",
        "sort calls desc",
      ),
      logTable(
        "Latency by route",
        logs.access,
        "stats count(*) as calls, pct(latencyMs, 50) as p50, pct(latencyMs, 99) as p99 by method, resourcePath",
        "sort calls desc",
      ),
    ],
    [
      logTable("Refusals by operation and code", logs.functions, ...refusalsByCode),
      logTable(
        "Failures by operation",
        logs.functions,
        'filter message = "failed"',
        "stats count(*) as calls by operation, status, error.name",
        "sort calls desc",
      ),
    ],
    [
      logTable("Cold starts by function", logs.functions, ...coldStarts),
      logTable(
        "Calls turned away by route",
        logs.access,
        'filter gatewayResponse in ["THROTTLED", "INTEGRATION_FAILURE", "INTEGRATION_TIMEOUT"]',
        "stats count(*) as calls by method, resourcePath, gatewayResponse",
        "sort calls desc",
      ),
    ],
  ];
};

export const addDashboards = (stack: Stack, settings: Settings, shown: Shown): void => {
  const { STAGE, DASHBOARDS } = settings;
  if (DASHBOARDS === "off") return;
  const alarms = shown.alarms.map((id) =>
    stack.formatArn({
      service: "cloudwatch",
      resource: "alarm",
      resourceName: alarmName(STAGE, id),
      arnFormat: ArnFormat.COLON_RESOURCE_NAME,
    }),
  );
  for (const [id, dashboardName, rows] of [
    ["Dashboard", `lit-auth-${STAGE}`, overview(STAGE, { ...shown, alarms })],
    ["OperationsDashboard", `lit-auth-${STAGE}-operations`, operations(STAGE)],
  ] as const)
    new CfnDashboard(stack, id, {
      dashboardName,
      dashboardBody: stack.toJsonString({ widgets: layOut(rows, stack.region) }),
    });
};
