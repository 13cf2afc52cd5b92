// IAM checks each item of a transaction, all keys of a batch in one table together, and an index as
// its own resource.
import * as z from "zod";
import { arn } from "../aws/local-account.ts";
import type { Access } from "./iam-policy.ts";
import { keysOfItem, keysOfQuery, type PartitionKeys } from "./leading-keys.ts";
import { bareAddress } from "../mailbox/ses-api.ts";

export type Call = { service: string; operation: string; parameters: unknown };
/** Each inner list has alternatives. One of them must be allowed. */
type RequiredAccess = Access[][];

const tableArn = (table: string): string =>
  table.startsWith("arn:") ? table : arn("dynamodb", `table/${table}`);

const onTable = z.object({ TableName: z.string(), IndexName: z.string().optional() });
const part = z.record(z.string(), z.looseObject({ TableName: z.string() }));
const transaction = z.object({ TransactItems: z.array(part) });
const batchOfKeys = z
  .object({ Keys: z.array(z.unknown()) })
  .transform(({ Keys }) => Keys.map((Key) => ({ Key })));
const batchOfWrites = z
  .array(z.record(z.string(), z.unknown()))
  .transform((requests) => requests.flatMap((request) => Object.values(request)));
const batch = z.object({ RequestItems: z.record(z.string(), z.union([batchOfKeys, batchOfWrites])) });
const partActions: Record<string, string> = {
  Put: "PutItem",
  Update: "UpdateItem",
  Delete: "DeleteItem",
  ConditionCheck: "ConditionCheckItem",
  Get: "GetItem",
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
      return transaction
        .parse(parameters)
        .TransactItems.flatMap((item) =>
          Object.entries(item).map(([kind, one]) =>
            on(partActions[kind] ?? kind, one.TableName, keysOfItem(one, partitionKeys(one.TableName))),
          ),
        );
    case "BatchGetItem":
    case "BatchWriteItem":
      return Object.entries(batch.parse(parameters).RequestItems).map(([table, requests]) =>
        on(
          operation,
          table,
          requests.flatMap((one) => keysOfItem(one, partitionKeys(table))),
        ),
      );
    case "ListTables":
      return [[{ action: "dynamodb:ListTables", resource: "*" }]];
    default: {
      const { TableName, IndexName } = onTable.parse(parameters);
      const resource = IndexName === undefined ? TableName : `${TableName}/index/${IndexName}`;
      const name = partitionKeys(TableName, IndexName);
      if (operation === "Query") return [on(operation, resource, keysOfQuery(parameters, name))];
      if (actionsOnItems.has(operation)) return [on(operation, resource, keysOfItem(parameters, name))];
      return [[{ action: `dynamodb:${operation}`, resource: tableArn(resource) }]];
    }
  }
};

const queue = z.union([
  z.object({ QueueUrl: z.string() }).transform(({ QueueUrl }) => QueueUrl.split("/").at(-1) ?? QueueUrl),
  z.object({ QueueName: z.string() }).transform(({ QueueName }) => QueueName),
]);

const ses = (operation: string, parameters: unknown): RequiredAccess => {
  const form = parameters instanceof URLSearchParams ? parameters : new URLSearchParams();
  const address = bareAddress(form.get("Source") ?? "");
  const identities = [address, address.slice(address.indexOf("@") + 1)];
  const context = { "ses:FromAddress": [address] };
  return [
    identities.map((identity) => ({
      action: `ses:${operation}`,
      resource: arn("ses", `identity/${identity}`),
      context,
    })),
  ];
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
      return [
        [{ action: `sqs:${operation.replace(/Batch$/, "")}`, resource: arn("sqs", queue.parse(parameters)) }],
      ];
    case "secretsmanager": {
      const { SecretId } = z.object({ SecretId: z.string() }).parse(parameters);
      return [[{ action: `secretsmanager:${operation}`, resource: secretArn(SecretId) ?? SecretId }]];
    }
    case "ses":
      return ses(operation, parameters);
    default:
      return [[{ action: `${service}:${operation}`, resource: "*" }]];
  }
};
