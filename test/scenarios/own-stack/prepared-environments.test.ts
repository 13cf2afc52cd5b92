// Tests what an execution environment does before its first call, and when that fails.
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { call } from "../../support/calls/api.ts";
import { signedIn } from "../../support/people/people.ts";
import { startTestStack, type TestStack } from "../../support/stacks/test-stack.ts";

let stack: TestStack;
let token: string;
beforeAll(async () => {
  stack = await startTestStack();
  ({ access: token } = await signedIn());
});
afterEach(() => stack.faults.clear());
afterAll(() => stack.remove());

const callsOf = (principal: string) => ({ ...stack.calls()[principal] });
const noSecret = {
  principal: "GetMe",
  operation: "GetSecretValue",
  error: { code: "AccessDeniedException", status: 400 },
};
const getMe = () => call("getMe", undefined, { token });

describe("init phase", () => {
  it("reads the secrets, and the call only the table", async () => {
    stack.replaceExecutionEnvironments();
    const before = callsOf("GetMe");
    expect((await getMe()).status).toBe(200);
    const made = Object.entries(callsOf("GetMe")).map(([name, count]) => [name, count - (before[name] ?? 0)]);
    expect(Object.fromEntries(made)).toEqual({
      "secretsmanager:GetSecretValue": 1,
      "dynamodb:BatchGetItem": 1,
    });
  });

  it("leaves a read that fails to the first call, which succeeds", async () => {
    stack.replaceExecutionEnvironments();
    const fault = stack.faults.add(noSecret);
    expect((await getMe()).status).toBe(200);
    expect(fault.struck()).toBe(1);
  });

  it("can fail for good: each call is answered, by the same process", async () => {
    stack.replaceExecutionEnvironments();
    const fault = stack.faults.add({ ...noSecret, times: 1000 });
    const first = await getMe();
    const [pid] = stack.processes().functions["GetMe"] ?? [];
    const second = await getMe();
    expect([first.status, second.status]).toEqual([500, 500]);
    expect(first.body).toMatchObject({ code: "unexpected_failure" });
    expect(fault.struck()).toBe(3);
    fault.remove();
    expect((await getMe()).status).toBe(200);
    expect(stack.processes().functions["GetMe"]).toEqual([pid]);
  });
});
