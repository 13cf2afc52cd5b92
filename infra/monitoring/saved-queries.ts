// Saved queries cost nothing. Running one costs 0.005 USD for each gigabyte that it reads.
import { CfnQueryDefinition, LogGroup } from "aws-cdk-lib/aws-logs";
import { Lazy, type Stack } from "aws-cdk-lib";
import { accessLogOf } from "./gateway-metrics.ts";

type Query = { name: string; lines: readonly string[]; asks?: Readonly<Record<string, string>> };

const requestId = { requestId: "The x-request-id of an answer, or the requestId of a line" };

export const refusalsByCode = [
  'filter message = "refused"',
  "stats count(*) as calls by operation, code",
  "sort calls desc",
];
export const coldStarts = [
  'filter type = "platform.report" and ispresent(record.metrics.initDurationMs)',
  "stats count(*) as starts, pct(record.metrics.initDurationMs, 50) as p50, max(record.metrics.initDurationMs) as slowest by @log",
  "sort starts desc",
];
export const lettersByOutcome = [
  'filter message = "message"',
  "stats count(*) as letters by kind, outcome",
  "sort letters desc",
];

const ofFunctions: readonly Query[] = [
  {
    name: "Lines of a request",
    lines: [
      "fields @timestamp, level, message, operation, status, code, event, outcome, error.name, error.message, @log",
      'filter requestId = "{{requestId}}" or causeRequestId = "{{requestId}}"',
      "sort @timestamp",
      "limit 500",
    ],
    asks: requestId,
  },
  {
    name: "Refusals by code",
    lines: refusalsByCode,
  },
  {
    name: "Failures",
    lines: [
      "fields @timestamp, requestId, operation, status, error.name, error.message, @log",
      'filter level = "ERROR" or level = "FATAL"',
      "sort @timestamp desc",
      "limit 100",
    ],
  },
  {
    name: "Security lines of an account",
    lines: [
      "fields @timestamp, event, operation, code, changes, userId, actorId, sessionId, requestId",
      'filter message = "security" and (userId = "{{userId}}" or actorId = "{{userId}}")',
      "sort @timestamp",
      "limit 1000",
    ],
    asks: { userId: "The id of the account" },
  },
  {
    name: "Cold starts",
    lines: coldStarts,
  },
];

const ofMailer: readonly Query[] = [
  {
    name: "Letters of a request",
    lines: [
      "fields @timestamp, kind, outcome, messageId, error.name, error.message",
      'filter causeRequestId = "{{requestId}}"',
      "sort @timestamp",
      "limit 100",
    ],
    asks: requestId,
  },
  {
    name: "Letters by outcome",
    lines: lettersByOutcome,
  },
];

const ofAccessLog: readonly Query[] = [
  {
    name: "Slow calls",
    lines: [
      "fields @timestamp, requestId, method, resourcePath, status, latencyMs * 1 as milliseconds",
      "sort milliseconds desc",
      "limit 50",
    ],
  },
  {
    name: "Server errors and calls turned away",
    lines: [
      "fields @timestamp, requestId, method, resourcePath, status, gatewayResponse",
      "filter status like /^5/",
      "sort @timestamp desc",
      "limit 100",
    ],
  },
  {
    name: "Calls by route and status",
    lines: ["stats count(*) as calls by method, resourcePath, status", "sort calls desc", "limit 200"],
  },
];

const idOf = (text: string): string =>
  text.replaceAll(/(?:^| )(\w)/g, (_, letter: string) => letter.toUpperCase());

const save = (
  stack: Stack,
  { stage, folder }: { stage: string; folder: string },
  queries: readonly Query[],
  logGroupNames: string[],
): void => {
  for (const { name, lines, asks = {} } of queries)
    new CfnQueryDefinition(stack, idOf(`query ${folder} ${name}`), {
      name: `lit-auth-${stage}/${folder}/${name}`,
      queryString: lines.join("\n| "),
      logGroupNames,
      parameters: Object.entries(asks).map(([parameter, description]) => ({
        name: parameter,
        description,
      })),
    });
};

/** Also over the functions that the stack gets later. A query reads at most 50 log groups. */
export const saveFunctionQueries = (stack: Stack, stage: string, folder: string): void => {
  const logGroupNames = Lazy.list({
    produce: () =>
      stack.node.children.filter((child) => child instanceof LogGroup).map((log) => log.logGroupName),
  });
  save(stack, { stage, folder }, ofFunctions, logGroupNames);
};

export const saveMailerQueries = (stack: Stack, stage: string, mailerLog: string): void =>
  save(stack, { stage, folder: "mailer" }, ofMailer, [mailerLog]);

export const saveAccessQueries = (stack: Stack, stage: string): void =>
  save(stack, { stage, folder: "access log" }, ofAccessLog, [accessLogOf(stack).logGroupName]);
