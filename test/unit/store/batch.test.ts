import type { BatchWriteItemCommandInput } from "@aws-sdk/client-dynamodb";
import { unmarshall } from "@aws-sdk/util-dynamodb";
import { describe, expect, it } from "vitest";
import { batchDelete } from "../../../shared/store/batch.ts";
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
