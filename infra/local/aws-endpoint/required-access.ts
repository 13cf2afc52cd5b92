// IAM checks each item of a transaction, and an index as its own resource.
import * as z from "zod";
import { arn } from "../aws/local-account.ts";
import type { Access } from "./iam-policy.ts";
import { bareAddress } from "../mailbox/ses-api.ts";

export type Call = { service: string; operation: string; parameters: unknown };
/** Each inner list has alternatives. One of them must be allowed. */
type RequiredAccess = Access[][];

const tableArn = (table: string): string =>
  table.startsWith("arn:") ? table : arn("dynamodb", `table/${table}`);

const onTable = z.object({ TableName: z.string(), IndexName: z.string().optional() });
const part = z.record(z.string(), z.object({ TableName: z.string() }));
const transaction = z.object({ TransactItems: z.array(part) });
const batch = z.object({ RequestItems: z.record(z.string(), z.unknown()) });
const partActions: Record<string, string> = {
  Put: "PutItem",
  Update: "UpdateItem",
  Delete: "DeleteItem",
  ConditionCheck: "ConditionCheckItem",
  Get: "GetItem",
};

const dynamodb = (operation: string, parameters: unknown): RequiredAccess => {
  switch (operation) {
    case "TransactWriteItems":
    case "TransactGetItems":
      return transaction
        .parse(parameters)
        .TransactItems.flatMap((item) =>
          Object.entries(item).map(([kind, { TableName }]) => [
            { action: `dynamodb:${partActions[kind] ?? kind}`, resource: tableArn(TableName) },
          ]),
        );
    case "BatchGetItem":
    case "BatchWriteItem":
      return Object.keys(batch.parse(parameters).RequestItems).map((table) => [
        { action: `dynamodb:${operation}`, resource: tableArn(table) },
      ]);
    case "ListTables":
      return [[{ action: "dynamodb:ListTables", resource: "*" }]];
    default: {
      const { TableName, IndexName } = onTable.parse(parameters);
      const index = IndexName === undefined ? "" : `/index/${IndexName}`;
      return [[{ action: `dynamodb:${operation}`, resource: tableArn(TableName) + index }]];
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
  const context = { "ses:FromAddress": address };
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
): RequiredAccess => {
  switch (service) {
    case "dynamodb":
      return dynamodb(operation, parameters);
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
