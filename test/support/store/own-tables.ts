import { randomUUID } from "node:crypto";
import { BatchWriteCommand, ScanCommand } from "@aws-sdk/lib-dynamodb";
import { afterAll, beforeAll, inject } from "vitest";
import { documents } from "./documents.ts";
import { createTableLike } from "./create-table-like.ts";

const ownTable = (variable: "USERS_TABLE" | "LIMITS_TABLE"): string => {
  const table = `own-${randomUUID()}`;
  const shared = () => inject("storeEnvironment")[variable] ?? "";
  beforeAll(async () => {
    if (inject("engineUrl") === "") return;
    await createTableLike(shared(), table);
    process.env[variable] = table;
  });
  // Other files of this process use the shared table again.
  afterAll(() => {
    if (inject("engineUrl") !== "") process.env[variable] = shared();
  });
  return table;
};

/** Because what counts for all would meet what other files count. */
export const ownLimitsTable = () => ownTable("LIMITS_TABLE");

/** Gives a test file its own users table, because lists also show what other files write. */
export const ownUsersTable = () => {
  const table = ownTable("USERS_TABLE");

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
