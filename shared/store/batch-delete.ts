/** Deletes many items of one table, 25 to a request, which is as many as DynamoDB takes. */
import { setTimeout as delay } from "node:timers/promises";
import {
  BatchWriteCommand,
  type BatchWriteCommandInput,
  type BatchWriteCommandOutput,
} from "@aws-sdk/lib-dynamodb";
import { dynamo } from "./dynamo.ts";
import { ApiError } from "../contract/errors.ts";

const perRequest = 25;
const attempts = 4;
const firstBackoffMilliseconds = 25;

type Send = (input: BatchWriteCommandInput) => Promise<Pick<BatchWriteCommandOutput, "UnprocessedItems">>;

/** What the store leaves unprocessed is asked for again; if some remain, the answer is 503: nothing may stay unnoticed. */
export const batchDelete = async (
  table: string,
  keys: readonly Record<string, string>[],
  send: Send = (input) => dynamo().send(new BatchWriteCommand(input)),
): Promise<void> => {
  for (let start = 0; start < keys.length; start += perRequest) {
    const requests = keys.slice(start, start + perRequest).map((Key) => ({ DeleteRequest: { Key } }));
    let wanted: NonNullable<BatchWriteCommandInput["RequestItems"]> = { [table]: requests };
    for (let tried = 0; Object.keys(wanted).length > 0; tried += 1) {
      if (tried === attempts) throw new ApiError("service_unavailable", { retryAfterSeconds: 1 });
      if (tried > 0) await delay(firstBackoffMilliseconds * 2 ** (tried - 1));
      const { UnprocessedItems = {} } = await send({ RequestItems: wanted });
      wanted = UnprocessedItems;
    }
  }
};
