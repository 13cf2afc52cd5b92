import { TransactionCanceledException, TransactionInProgressException } from "@aws-sdk/client-dynamodb";
import { describe, expect, it, onTestFinished, vi } from "vitest";
import { StoreBusyError, transact } from "../../../shared/store/dynamo.ts";

const cancelled = (...codes: string[]) =>
  new TransactionCanceledException({
    $metadata: {},
    message: "cancelled",
    CancellationReasons: codes.map((Code) => ({ Code })),
  });

describe("transaction", () => {
  it.each([
    "TransactionConflict",
    "ThrottlingError",
    "ProvisionedThroughputExceeded",
    "TransactionInProgress",
    "TransactionInProgressException",
  ])("is retried after a passing %s", async (code) => {
    const failures = [cancelled("None", code), cancelled(code, "ConditionalCheckFailed")];
    const send = async () => {
      const failure = failures.pop();
      if (failure) throw failure;
    };
    expect(await transact([], { send })).toEqual({ refused: undefined });
    expect(failures).toEqual([]);
  });

  it.each([undefined, "own"])("keeps its token while an earlier attempt runs: %s", async (token) => {
    const running = new TransactionInProgressException({ $metadata: {}, message: "running" });
    const tokens: string[] = [];
    const send = async ({ ClientRequestToken }: { ClientRequestToken: string }) => {
      if (tokens.push(ClientRequestToken) < 3) throw running;
    };
    expect(await transact([], { send, ...(token && { token }) })).toEqual({ refused: undefined });
    expect(tokens).toEqual(Array(3).fill(token ?? expect.stringMatching(/^[\da-f-]{36}$/)));
    expect(new Set(tokens).size).toBe(1);
  });

  it("ends its attempts in time, when each one is slow", async () => {
    const now = vi.spyOn(performance, "now");
    onTestFinished(() => now.mockRestore());
    let sent = 0;
    const send = () => {
      sent += 1;
      now.mockReturnValue(1e9 + sent * 1_500);
      return Promise.reject(Object.assign(new Error("raw"), { name: "TransactionInProgressException" }));
    };
    now.mockReturnValue(1e9);
    await expect(transact([], { send })).rejects.toThrow(StoreBusyError);
    expect(sent).toBe(3);
  });

  it("fails as busy after endless conflicts", async () => {
    const send = () => Promise.reject(cancelled("TransactionConflict"));
    await expect(transact([], { send })).rejects.toThrow(StoreBusyError);
  });

  it("returns a failed condition and throws any other failure", async () => {
    const failing = (failure: Error) => ({ send: () => Promise.reject(failure) });
    expect(await transact([], failing(cancelled("None", "ConditionalCheckFailed")))).toMatchObject({
      refused: [{ failed: false }, { failed: true }],
    });
    await expect(transact([], failing(cancelled("ValidationError")))).rejects.toThrow("cancelled");
  });
});
