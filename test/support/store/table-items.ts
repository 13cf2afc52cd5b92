// Reads whole tables of a stack.
import { DynamoDBClient } from "@aws-sdk/client-dynamodb";
import { DynamoDBDocumentClient, paginateScan } from "@aws-sdk/lib-dynamodb";
import type { NativeAttributeValue } from "@aws-sdk/util-dynamodb";
import type { Stack } from "../../../infra/local/stack.ts";
import { outputOf } from "../stacks/stack-outputs.ts";

type Table = "UsersTable" | "SessionsTable" | "LimitsTable" | "HistoryTable";

export const itemsOf = async (stack: Pick<Stack, "endpoint" | "outputs">, table: Table) => {
  const { url, region, accessKeyId, secretAccessKey } = stack.endpoint;
  const credentials = { accessKeyId, secretAccessKey };
  const client = new DynamoDBClient({ endpoint: url, region, credentials });
  const pages = paginateScan(
    { client: DynamoDBDocumentClient.from(client) },
    { TableName: outputOf(stack, table), ConsistentRead: true },
  );
  const items: Record<string, NativeAttributeValue>[] = [];
  for await (const { Items = [] } of pages) items.push(...Items);
  client.destroy();
  return items;
};
