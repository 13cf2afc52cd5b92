// Reads whole tables of a test's own stack.
import { DynamoDBClient } from "@aws-sdk/client-dynamodb";
import { DynamoDBDocumentClient, ScanCommand } from "@aws-sdk/lib-dynamodb";
import type { Stack } from "../../../infra/local/stack.ts";
import { outputOf } from "../stacks/stack-outputs.ts";

type Table = "UsersTable" | "SessionsTable" | "LimitsTable";

export const itemsOf = async (stack: Pick<Stack, "endpoint" | "outputs">, table: Table) => {
  const { url, region, accessKeyId, secretAccessKey } = stack.endpoint;
  const credentials = { accessKeyId, secretAccessKey };
  const client = new DynamoDBClient({ endpoint: url, region, credentials });
  const scan = new ScanCommand({ TableName: outputOf(stack, table), ConsistentRead: true });
  const { Items = [] } = await DynamoDBDocumentClient.from(client).send(scan);
  client.destroy();
  return Items;
};
