import { TransactionCanceledException } from "@aws-sdk/client-dynamodb";
import { expect, it } from "vitest";
import { attempt } from "../../shared/store/dynamo.ts";

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
    const write = () => {
      const failure = failures.pop();
      return failure ? Promise.reject(failure) : Promise.resolve("done");
    };
    expect(await attempt(write)).toEqual({ written: "done" });
  },
);

it("a failed condition is an outcome, and any other failure a failure", async () => {
  expect(await attempt(() => Promise.reject(cancelled("None", "ConditionalCheckFailed")))).toMatchObject({
    refused: [{ failed: false }, { failed: true }],
  });
  await expect(attempt(() => Promise.reject(cancelled("ValidationError")))).rejects.toThrow("cancelled");
});
