// Gives items of earlier versions what this one gives to new items. Nothing of it changes what an
// item means, so no event follows.
import { variable } from "../platform/environment.ts";
import type { Item } from "../store/documents.ts";
import { conditionalWrite, itemVersion, readPages } from "../store/dynamo.ts";
import { userPk } from "../store/user-items.ts";

const itemsPerPage = 500;

const isAccount = (pk: string): boolean => pk.startsWith(userPk(""));

export const backfillStore = () => {
  const table = variable("USERS_TABLE");

  return {
    findLacking: async function* (): AsyncGenerator<string[]> {
      const scan = {
        TableName: table,
        ConsistentRead: true,
        Limit: itemsPerPage,
        ProjectionExpression: "pk",
        FilterExpression:
          "attribute_not_exists(v) OR (begins_with(pk, :accounts) AND attribute_not_exists(version))",
        ExpressionAttributeValues: { ":accounts": userPk("") },
      };
      for await (const { items } of readPages({ Scan: scan })) yield items.map(({ pk }) => String(pk));
    },

    /** A deleted item stays deleted, and a value that another write has set stays. */
    fill: async (pk: string): Promise<"filled" | "gone"> => {
      const counted = isAccount(pk);
      const values: Item = { ":v": itemVersion, ...(counted && { ":version": 0 }) };
      const { refused } = await conditionalWrite({
        Update: {
          TableName: table,
          Key: { pk },
          UpdateExpression: `SET v = if_not_exists(v, :v)${counted ? ", version = if_not_exists(version, :version)" : ""}`,
          ConditionExpression: "attribute_exists(pk)",
          ExpressionAttributeValues: values,
        },
      });
      return refused ? "gone" : "filled";
    },
  };
};
