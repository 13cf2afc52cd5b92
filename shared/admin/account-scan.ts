/** All accounts, page by page, for the operator: the one place that reads the table from end to end. Registrations are none. */
import { ScanCommand } from "@aws-sdk/lib-dynamodb";
import { variable } from "../platform/environment.ts";
import { dynamo, type Item } from "../store/dynamo.ts";
import { userItem, userPk, type User } from "../store/user-items.ts";

/** Items read at once, of which every third or so is an account: what a page may hold in memory. */
const itemsPerPage = 500;

type AccountBatch = { users: User[]; next: Item | undefined };

/** `after`: the `next` of the last page that was dealt with. Who comes or changes meanwhile may be in or not. */
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
