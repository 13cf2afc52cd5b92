import { describe, expect, it } from "vitest";
import * as z from "zod";
import { eventually } from "../../support/assert/eventually.ts";
import { act, dispose, startFixtureStack, useStack } from "../fixtures/use-stack.ts";

const lines: string[] = [];
const stack = useStack({ concurrencyPerFunction: 3, onLog: (_, line) => lines.push(line) });
const identitySchema = z.object({
  executionEnvironmentId: z.string(),
  calls: z.number().optional(),
  remaining: z.number().optional(),
  context: z.record(z.string(), z.unknown()).optional(),
});
const identify = async (what = "identity", more = {}) =>
  identitySchema.parse(await (await act(stack(), what, more)).json());
const isAlive = (pid: number) => {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
};
/** Waits for a log line: it comes through a pipe and can be later than the response. */
const logged = (text: string, heard = lines) =>
  eventually(text, () => heard.some((line) => line.includes(text)) || undefined);
const probes = () => stack().processes().functions["Probe"] ?? [];

describe("execution environment", () => {
  it("starts with the first call and is reused by the next", async () => {
    expect(probes()).toEqual([]);
    const first = await identify();
    const second = await identify();
    expect(first.calls).toBe(1);
    expect(second).toMatchObject({ executionEnvironmentId: first.executionEnvironmentId, calls: 2 });
  });

  it("has the variables of the template and Lambda, and no others", async () => {
    const variables = z
      .record(z.string(), z.string())
      .parse(await (await act(stack(), "environment")).json());
    expect(variables).toMatchObject({
      GREETING: "hello",
      ITEMS_TABLE: "data-Items",
      AWS_REGION: "us-east-1",
      AWS_LAMBDA_FUNCTION_NAME: "service-Probe",
      AWS_LAMBDA_FUNCTION_MEMORY_SIZE: "256",
      AWS_LAMBDA_INITIALIZATION_TYPE: "on-demand",
      AWS_ENDPOINT_URL: stack().endpoint.url,
      _HANDLER: "index.handler",
      TZ: ":UTC",
    });
    const others = Object.keys(variables).filter((name) => !/^(_?AWS_|_HANDLER$|LAMBDA_)/.test(name));
    expect(others.toSorted()).toEqual(["GREETING", "ITEMS_TABLE", "LANG", "PATH", "TZ"]);
  });

  it("passes a context like Lambda's", async () => {
    const { context, remaining } = await identify();
    expect(context).toMatchObject({
      functionName: "service-Probe",
      invokedFunctionArn: "arn:aws:lambda:us-east-1:000000000000:function:service-Probe",
      memoryLimitInMB: "256",
      awsRequestId: expect.stringMatching(/^[0-9a-f-]{36}$/),
    });
    expect(remaining).toBeGreaterThan(0);
    expect(remaining).toBeLessThanOrEqual(2000);
  });

  it("handles one event at a time, and calls beyond the limit wait", async () => {
    // On a slow machine the first calls may end before the last ones begin, so this is repeated.
    await eventually("as many environments as there may be", async () => {
      const answers = await Promise.all(
        Array.from({ length: 9 }, () => identify("sleep", { milliseconds: 150 })),
      );
      return (
        new Set(answers.map(({ executionEnvironmentId }) => executionEnvironmentId)).size === 3 || undefined
      );
    });
    expect(probes()).toHaveLength(3);
  });

  it("is replaced when the code changes, without dropping a running request", async () => {
    const before = await identify();
    const inFlight = identify("sleep", { milliseconds: 300 });
    await eventually("the call to be in flight", () => lines.includes("asleep for 300") || undefined);
    stack().replaceExecutionEnvironments();
    const after = await identify();
    expect(after.executionEnvironmentId).not.toBe(before.executionEnvironmentId);
    expect((await inFlight).executionEnvironmentId).not.toBe(after.executionEnvironmentId);
    await eventually("the old ones to end", () => (probes().length === 1 ? true : undefined));
  });
});

describe("failing function", () => {
  it("answers 502 after an exception, and keeps its execution environment", async () => {
    const before = await identify();
    expect((await act(stack(), "throw")).status).toBe(502);
    await logged("as asked");
    expect((await identify()).executionEnvironmentId).toBe(before.executionEnvironmentId);
  });

  it("answers 502 when its process exits, and starts a new one", async () => {
    const before = await identify();
    expect((await act(stack(), "exit")).status).toBe(502);
    await logged("Runtime exited with exit status 3");
    expect((await identify()).executionEnvironmentId).not.toBe(before.executionEnvironmentId);
  });

  it.each(["hang", "spin"])("is killed at its timeout when it doesn't end (%s)", async (what) => {
    await identify();
    const pids = probes();
    const startedAt = Date.now();
    expect((await act(stack(), what)).status).toBe(502);
    expect(Date.now() - startedAt).toBeGreaterThanOrEqual(1990);
    await logged("Task timed out after 2.00 seconds");
    await eventually("its process to end", () => (pids.some((pid) => !isAlive(pid)) ? true : undefined));
    expect((await act(stack(), "identity")).status).toBe(200);
  });

  it("doesn't block the calls that wait for its execution environments", async () => {
    const deaths = Array.from({ length: 4 }, () => act(stack(), "exit"));
    const waiting = Array.from({ length: 4 }, () => act(stack(), "identity"));
    expect((await Promise.all(deaths)).map(({ status }) => status)).toEqual([502, 502, 502, 502]);
    expect((await Promise.all(waiting)).map(({ status }) => status)).toEqual([200, 200, 200, 200]);
  });

  it("answers 502 and logs why its module doesn't load", async () => {
    const heard: string[] = [];
    const broken = await startFixtureStack({
      onLog: (_, line) => heard.push(line),
      alter: ({ service }) => {
        const definition = service.Resources["Probe"];
        if (definition) definition.Properties["Handler"] = "missing.handler";
      },
    });
    try {
      expect((await act(broken, "identity")).status).toBe(502);
      expect((await act(broken, "identity")).status).toBe(502);
      await logged("Cannot find module 'missing'", heard);
    } finally {
      await dispose(broken);
    }
  });
});

it("each line that a function prints is a line of its log", async () => {
  await act(stack(), "log", { line: "a line of its own" });
  await eventually("the line", () => lines.includes("a line of its own") || undefined);
});
