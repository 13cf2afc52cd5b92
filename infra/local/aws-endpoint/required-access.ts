// IAM checks each item of a transaction, all keys of a batch in one table together, and an index as
// its own resource.
import { arn } from "../aws/local-account.ts";
import type { Access } from "./iam-policy.ts";
import { ServiceError } from "../aws/service-error.ts";
import { isObject, type JsonObject } from "../aws/json.ts";
import { keysOfItem, keysOfQuery, type PartitionKeys } from "./leading-keys.ts";
import { sourceArnIn } from "../operators/message-moves.ts";
import { configurationSetIn, sendersIn } from "../mailbox/addresses.ts";

export type Call = { service: string; operation: string; parameters: unknown };
/** Each inner list has alternatives. One of them must be allowed. */
type RequiredAccess = Access[][];

const tableArn = (table: string): string =>
  table.startsWith("arn:") ? table : arn("dynamodb", `table/${table}`);

// These look only at what decides, and without schemas, because every call passes here.
const invalid = (what: string) => new ServiceError("ValidationException", `The call has no valid ${what}.`);

const fieldsOf = (value: unknown, what: string): JsonObject => {
  if (!isObject(value)) throw invalid(what);
  return value;
};
const listOf = (value: unknown, what: string): unknown[] => {
  if (!Array.isArray(value)) throw invalid(what);
  return value;
};
const textIn = (parameters: unknown, name: string): string => {
  const value = fieldsOf(parameters, name)[name];
  if (typeof value !== "string") throw invalid(name);
  return value;
};

/** A table's requests are `{ Keys: […] }` or `[{ PutRequest: { Item } }, …]`. */
const partsOfBatch = (requests: unknown): unknown[] =>
  Array.isArray(requests)
    ? requests.flatMap((request) => Object.values(fieldsOf(request, "RequestItems")))
    : listOf(fieldsOf(requests, "RequestItems")["Keys"], "Keys").map((Key) => ({ Key }));

const partActions: Record<string, string> = {
  Put: "PutItem",
  Update: "UpdateItem",
  Delete: "DeleteItem",
  ConditionCheck: "ConditionCheckItem",
  Get: "GetItem",
};

/** An iterator begins with its stream. To IAM, the label of a stream is that of the templates. */
const streamIn = (parameters: unknown): string => {
  const { StreamArn = textIn(parameters, "ShardIterator") } = fieldsOf(parameters, "parameters");
  return String(StreamArn).replace(/\/stream\/.*$/s, "/stream/local");
};

const actionsOnItems = new Set(["GetItem", "PutItem", "UpdateItem", "DeleteItem"]);

const dynamodb = (operation: string, parameters: unknown, partitionKeys: PartitionKeys): RequiredAccess => {
  const on = (action: string, table: string, keys: readonly string[]): Access[] => [
    {
      action: `dynamodb:${action}`,
      resource: tableArn(table),
      context: { "dynamodb:LeadingKeys": keys },
    },
  ];
  switch (operation) {
    case "TransactWriteItems":
    case "TransactGetItems":
      return listOf(fieldsOf(parameters, "parameters")["TransactItems"], "TransactItems").flatMap((item) =>
        Object.entries(fieldsOf(item, "TransactItems")).map(([kind, part]) => {
          const table = textIn(part, "TableName");
          return on(partActions[kind] ?? kind, table, keysOfItem(part, partitionKeys(table)));
        }),
      );
    case "BatchGetItem":
    case "BatchWriteItem":
      return Object.entries(fieldsOf(fieldsOf(parameters, "parameters")["RequestItems"], "RequestItems")).map(
        ([table, requests]) =>
          on(
            operation,
            table,
            partsOfBatch(requests).flatMap((part) => keysOfItem(part, partitionKeys(table))),
          ),
      );
    case "DescribeStream":
    case "GetShardIterator":
    case "GetRecords":
      return [[{ action: `dynamodb:${operation}`, resource: streamIn(parameters) }]];
    case "ListTables":
      return [[{ action: "dynamodb:ListTables", resource: "*" }]];
    default: {
      const TableName = textIn(parameters, "TableName");
      const { IndexName } = fieldsOf(parameters, "parameters");
      if (IndexName !== undefined && typeof IndexName !== "string") throw invalid("IndexName");
      const resource = IndexName === undefined ? TableName : `${TableName}/index/${IndexName}`;
      const name = partitionKeys(TableName, IndexName);
      if (operation === "Query") return [on(operation, resource, keysOfQuery(parameters, name))];
      if (actionsOnItems.has(operation)) return [on(operation, resource, keysOfItem(parameters, name))];
      return [[{ action: `dynamodb:${operation}`, resource: tableArn(resource) }]];
    }
  }
};

const queueIn = (parameters: unknown): string => {
  const { QueueUrl } = fieldsOf(parameters, "parameters");
  if (typeof QueueUrl !== "string") return textIn(parameters, "QueueName");
  return QueueUrl.slice(QueueUrl.lastIndexOf("/") + 1);
};

const onQueue = (queueArn: string, ...operations: string[]): RequiredAccess =>
  operations.map((operation) => [{ action: `sqs:${operation}`, resource: queueArn }]);

/** A move also receives, deletes and sends with the rights of its caller. */
const sqs = (operation: string, parameters: unknown): RequiredAccess => {
  const moving = [operation, "ReceiveMessage", "DeleteMessage", "GetQueueAttributes"];
  switch (operation) {
    case "StartMessageMoveTask": {
      const { DestinationArn } = fieldsOf(parameters, "parameters");
      const to =
        DestinationArn === undefined ? [] : onQueue(textIn(parameters, "DestinationArn"), "SendMessage");
      return [...onQueue(textIn(parameters, "SourceArn"), ...moving), ...to];
    }
    case "CancelMessageMoveTask":
      return onQueue(sourceArnIn(textIn(parameters, "TaskHandle")), ...moving);
    case "ListMessageMoveTasks":
      return onQueue(textIn(parameters, "SourceArn"), operation, "GetQueueAttributes");
    default:
      return onQueue(arn("sqs", queueIn(parameters)), operation.replace(/Batch$/, ""));
  }
};

const logs = (operation: string, parameters: unknown): RequiredAccess => {
  const group = `log-group:${textIn(parameters, "logGroupName")}`;
  const stream = operation === "PutLogEvents" ? `:log-stream:${textIn(parameters, "logStreamName")}` : "";
  return [[{ action: `logs:${operation}`, resource: arn("logs", `${group}${stream}`) }]];
};

const ses = (operation: string, parameters: unknown): RequiredAccess => {
  const action = `ses:${operation}`;
  // The operations on the suppression list have no resource.
  if (!(parameters instanceof URLSearchParams)) return [[{ action, resource: "*" }]];
  const senders = sendersIn(parameters).map((address) =>
    [address, address.slice(address.indexOf("@") + 1)].map((identity) => ({
      action,
      resource: arn("ses", `identity/${identity}`),
      context: { "ses:FromAddress": [address] },
    })),
  );
  const set = configurationSetIn(parameters);
  if (set === undefined) return senders;
  return [...senders, [{ action, resource: arn("ses", `configuration-set/${set}`) }]];
};

export const requiredAccess = (
  { service, operation, parameters }: Call,
  secretArn: (secretId: string) => string | undefined,
  partitionKeys: PartitionKeys,
): RequiredAccess => {
  switch (service) {
    case "dynamodb":
      return dynamodb(operation, parameters, partitionKeys);
    case "sqs":
      return sqs(operation, parameters);
    case "logs":
      return logs(operation, parameters);
    // AWS tells everyone who they are.
    case "sts":
      return [];
    case "secretsmanager": {
      const SecretId = textIn(parameters, "SecretId");
      return [[{ action: `secretsmanager:${operation}`, resource: secretArn(SecretId) ?? SecretId }]];
    }
    case "events":
      return listOf(fieldsOf(parameters, "parameters")["Entries"], "Entries").map((entry) => {
        const { EventBusName = "default" } = fieldsOf(entry, "Entries");
        const resource = arn("events", `event-bus/${String(EventBusName).replace(/^.*event-bus\//, "")}`);
        return [{ action: `events:${operation}`, resource }];
      });
    case "ses":
      return ses(operation, parameters);
    default:
      return [[{ action: `${service}:${operation}`, resource: "*" }]];
  }
};
