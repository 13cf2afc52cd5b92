import { randomUUID } from "node:crypto";
import { BatchWriteCommand, ScanCommand } from "@aws-sdk/lib-dynamodb";
import { beforeAll, inject } from "vitest";
import { documents } from "./documents.ts";
import { createTableLike } from "./create-table-like.ts";

/** Gives a test file its own users table, because lists also show what other files write. */
export const ownUsersTable = () => {
  const table = `list-${randomUUID()}`;
  beforeAll(async () => {
    if (inject("engineUrl") === "") return;
    await createTableLike(inject("storeEnvironment")["USERS_TABLE"] ?? "", table);
    process.env["USERS_TABLE"] = table;
  });

  const write = async (requests: Record<string, unknown>[]) => {
    for (let start = 0; start < requests.length; start += 25)
      await documents().send(
        new BatchWriteCommand({ RequestItems: { [table]: requests.slice(start, start + 25) } }),
      );
  };
  return {
    table,
    write,
    put: (...items: object[]) => write(items.map((Item) => ({ PutRequest: { Item } }))),
    clear: async () => {
      const { Items = [] } = await documents().send(new ScanCommand({ TableName: table }));
      await write(Items.map(({ pk }) => ({ DeleteRequest: { Key: { pk } } })));
    },
  };
};
