import type { BatchGetItemCommandInput, BatchWriteItemCommandInput } from "@aws-sdk/client-dynamodb";
import { unmarshall } from "@aws-sdk/util-dynamodb";
import { describe, expect, it } from "vitest";
import { batchDelete, batchRead } from "../../../shared/store/batch.ts";
import { StoreBusyError } from "../../../shared/store/dynamo.ts";

const keys = Array.from({ length: 30 }, (_, index) => ({ sessionId: String(index) }));
const keysOf = ({ RequestItems = {} }: BatchWriteItemCommandInput) =>
  Object.values(RequestItems).flatMap((requests) =>
    requests.map(({ DeleteRequest }) => unmarshall(DeleteRequest?.Key ?? {})),
  );

describe("batch delete", () => {
  it("retries only what the table left unprocessed", async () => {
    const sent: ReturnType<typeof keysOf>[] = [];
    await batchDelete("table", keys, async (input) => {
      sent.push(keysOf(input));
      const left = Object.values(input.RequestItems ?? {})
        .flat()
        .slice(0, sent.length === 1 ? 2 : 0);
      return left.length > 0 ? { UnprocessedItems: { table: left } } : { UnprocessedItems: {} };
    });
    expect(sent).toEqual([keys.slice(0, 25), keys.slice(0, 2), keys.slice(25)]);
  });

  it("fails if the table stays busy", async () => {
    const full = async ({ RequestItems }: BatchWriteItemCommandInput) => ({ UnprocessedItems: RequestItems });
    await expect(batchDelete("table", keys, full)).rejects.toThrow(StoreBusyError);
  });
});

describe("batch read", () => {
  it("reads what stayed unprocessed as consistently as the rest", async () => {
    const requests: BatchGetItemCommandInput["RequestItems"][] = [];
    const send = async ({ RequestItems = {} }: BatchGetItemCommandInput) => {
      requests.push(RequestItems);
      const [table = "", { Keys = [] } = {}] = Object.entries(RequestItems)[0] ?? [];
      return {
        Responses: { [table]: Keys.slice(0, 1) },
        UnprocessedKeys: Keys[1] && { [table]: { Keys: [Keys[1]] } },
      };
    };
    // A table may have the name of a member.
    const table = "Keys";
    const found = await batchRead({ [table]: [{ pk: "1" }, { pk: "2" }] }, { attributes: ["pk"] }, send);
    expect(found).toEqual({ [table]: [{ pk: "1" }, { pk: "2" }] });
    const common = {
      ConsistentRead: true,
      ProjectionExpression: "#pk",
      ExpressionAttributeNames: { "#pk": "pk" },
    };
    expect(requests).toEqual([
      { [table]: { ...common, Keys: [{ pk: { S: "1" } }, { pk: { S: "2" } }] } },
      { [table]: { ...common, Keys: [{ pk: { S: "2" } }] } },
    ]);
  });
});
