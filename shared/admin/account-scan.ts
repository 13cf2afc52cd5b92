import { variable } from "../platform/environment.ts";
import type { Item } from "../store/documents.ts";
import { readPages } from "../store/dynamo.ts";
import { userItem, userPk, type User } from "../store/user-items.ts";

const itemsPerPage = 500;

type AccountBatch = { users: User[]; next: Item | undefined };

/** `after` is the `next` of the last page. Accounts created during the scan may be missing. */
export async function* scanAccounts(after?: Item): AsyncGenerator<AccountBatch> {
  const scan = {
    TableName: variable("USERS_TABLE"),
    ConsistentRead: true,
    Limit: itemsPerPage,
    FilterExpression: "begins_with(pk, :account)",
    ExpressionAttributeValues: { ":account": userPk("") },
    ExclusiveStartKey: after,
  };
  for await (const { items, next } of readPages({ Scan: scan }))
    yield { users: items.map((item) => userItem.parse(item)), next };
}
