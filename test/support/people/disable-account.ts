import { DynamoDBClient } from "@aws-sdk/client-dynamodb";
import { DynamoDBDocumentClient, UpdateCommand } from "@aws-sdk/lib-dynamodb";
import type { Stack } from "../../../infra/local/stack.ts";
import { outputOf } from "../stacks/stack-outputs.ts";

/** Disables an account in the table, as an administrator would, or puts it into a later state. */
export const disableAccount = async (
  { endpoint: { url, region, accessKeyId, secretAccessKey }, ...stack }: Stack,
  userId: string,
  status = "disabled",
): Promise<void> => {
  const credentials = { accessKeyId, secretAccessKey };
  const client = new DynamoDBClient({ endpoint: url, region, credentials });
  await DynamoDBDocumentClient.from(client).send(
    new UpdateCommand({
      TableName: outputOf(stack, "UsersTable"),
      Key: { pk: `user#${userId}` },
      UpdateExpression: "SET #status = :disabled",
      ExpressionAttributeNames: { "#status": "status" },
      ExpressionAttributeValues: { ":disabled": status },
    }),
  );
  client.destroy();
};
