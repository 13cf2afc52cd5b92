import { ScanCommand } from "@aws-sdk/lib-dynamodb";
import { variable } from "../platform/environment.ts";
import { dynamo, type Item } from "../store/dynamo.ts";
import { userItem, userPk, type User } from "../store/user-items.ts";

/** Limits the memory for one page. About every third item is an account. */
const itemsPerPage = 500;

type AccountBatch = { users: User[]; next: Item | undefined };

/** `after` is the `next` of the last page. Accounts created during the scan may be missing. */
export async function* scanAccounts(after?: Item): AsyncGenerator<AccountBatch> {
  const TableName = variable("USERS_TABLE");
  let next = after;
  do {
    const { Items = [], LastEvaluatedKey } = await dynamo().send(
      new ScanCommand({
        TableName,
        ConsistentRead: true,
        Limit: itemsPerPage,
        FilterExpression: "begins_with(pk, :account)",
        ExpressionAttributeValues: { ":account": userPk("") },
        ...(next && { ExclusiveStartKey: next }),
      }),
    );
    next = LastEvaluatedKey;
    yield { users: Items.map((item) => userItem.parse(item)), next };
  } while (next);
}
