// Lets ten minutes pass for a running stack: what it stores about times is set back by them. So an
// attack can last longer than the life of a code, while its hour hasn't ended.
import { DynamoDBClient } from "@aws-sdk/client-dynamodb";
import { DynamoDBDocumentClient, PutCommand } from "@aws-sdk/lib-dynamodb";
import type { Stack } from "../../../infra/local/stack.ts";
import { outputOf } from "../stacks/stack-outputs.ts";
import { itemsOf } from "./table-items.ts";

const passedSeconds = 600;
const times = new Set(["allowedAt", "otpExpiresAt"]);
/** The name of a counter says the length and the number of its window. */
const counterPattern = /^w(\d+)#(\d+)$/;

const earlier = ([name, value]: [string, unknown]): [string, unknown] => {
  if (times.has(name)) return [name, Number(value) - passedSeconds];
  const [, length = "", number = ""] = counterPattern.exec(name) ?? [];
  // A longer window hasn't ended yet.
  if (length === "" || Number(length) > passedSeconds) return [name, value];
  return [`w${length}#${Number(number) - passedSeconds / Number(length)}`, value];
};

export const passTenMinutes = async (stack: Pick<Stack, "endpoint" | "outputs">): Promise<void> => {
  const { url, region, accessKeyId, secretAccessKey } = stack.endpoint;
  const client = new DynamoDBClient({ endpoint: url, region, credentials: { accessKeyId, secretAccessKey } });
  const documents = DynamoDBDocumentClient.from(client);
  for (const table of ["LimitsTable", "UsersTable"] as const) {
    const TableName = outputOf(stack, table);
    const items = await itemsOf(stack, table);
    for (const item of items) {
      const Item = Object.fromEntries(Object.entries(item).map(earlier));
      if (JSON.stringify(Item) !== JSON.stringify(item))
        await documents.send(new PutCommand({ TableName, Item }));
    }
  }
  client.destroy();
};
