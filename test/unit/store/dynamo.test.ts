import { TransactionCanceledException } from "@aws-sdk/client-dynamodb";
import { expect, it } from "vitest";
import { StoreBusyError, transact } from "../../../shared/store/dynamo.ts";

const cancelled = (...codes: string[]) =>
  new TransactionCanceledException({
    $metadata: {},
    message: "cancelled",
    CancellationReasons: codes.map((Code) => ({ Code })),
  });

it.each(["TransactionConflict", "ThrottlingError", "ProvisionedThroughputExceeded"])(
  "a transaction that met a passing %s is written again",
  async (code) => {
    const failures = [cancelled("None", code), cancelled(code, "ConditionalCheckFailed")];
    const send = async () => {
      const failure = failures.pop();
      if (failure) throw failure;
    };
    expect(await transact([], { send })).toEqual({ refused: undefined });
    expect(failures).toEqual([]);
  },
);

it("a transaction that meets conflicts without end is the store being busy", async () => {
  const send = () => Promise.reject(cancelled("TransactionConflict"));
  await expect(transact([], { send })).rejects.toThrow(StoreBusyError);
});

it("a failed condition is an outcome, and any other failure a failure", async () => {
  const failing = (failure: Error) => ({ send: () => Promise.reject(failure) });
  expect(await transact([], failing(cancelled("None", "ConditionalCheckFailed")))).toMatchObject({
    refused: [{ failed: false }, { failed: true }],
  });
  await expect(transact([], failing(cancelled("ValidationError")))).rejects.toThrow("cancelled");
});
