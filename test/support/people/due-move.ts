import { DynamoDBClient } from "@aws-sdk/client-dynamodb";
import { DynamoDBDocumentClient, UpdateCommand } from "@aws-sdk/lib-dynamodb";
import type { Stack } from "../../../infra/local/stack.ts";
import { outputOf } from "../stacks/stack-outputs.ts";

/** Sets back the time of a waiting move in the table, as if 72 hours had passed. Returns its id. */
export const makeMoveDue = async (
  { endpoint: { url, region, accessKeyId, secretAccessKey }, ...stack }: Stack,
  userId: string,
): Promise<string> => {
  const credentials = { accessKeyId, secretAccessKey };
  const client = new DynamoDBClient({ endpoint: url, region, credentials });
  const { Attributes } = await DynamoDBDocumentClient.from(client).send(
    new UpdateCommand({
      TableName: outputOf(stack, "UsersTable"),
      Key: { pk: `user#${userId}` },
      UpdateExpression: "SET addressMove.dueAt = :past",
      ExpressionAttributeValues: { ":past": Math.floor(Date.now() / 1000) - 1 },
      ReturnValues: "ALL_NEW",
    }),
  );
  client.destroy();
  return String(Attributes?.["addressMove"]?.id);
};
