import { variable } from "../platform/environment.ts";
import { limitPk } from "../limits/counters.ts";
import type { Item } from "../store/documents.ts";
import { conditionalWrite } from "../store/dynamo.ts";

/** Returns the item with the new count. */
export const countOne = async (
  key: string,
  counter: string,
  expiresAt: number,
): Promise<Item | undefined> => {
  const { item } = await conditionalWrite({
    Update: {
      TableName: variable("LIMITS_TABLE"),
      Key: { pk: limitPk(key) },
      UpdateExpression: "SET expiresAt = :expiresAt ADD #counter :one",
      ExpressionAttributeNames: { "#counter": counter },
      ExpressionAttributeValues: { ":one": 1, ":expiresAt": expiresAt },
      ReturnValues: "ALL_NEW",
    },
  });
  return item;
};
