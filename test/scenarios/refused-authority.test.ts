import { beforeAll, describe, expect, it } from "vitest";
import { call } from "../support/calls/api.ts";
import { expectRefused } from "../support/assert/refusals.ts";
import { presetSession } from "../support/presets/presets.ts";
import { logWith } from "../support/stacks/function-logs.ts";
import { sharedStack } from "../support/stacks/test-stack.ts";

let stack: Awaited<ReturnType<typeof sharedStack>>;
beforeAll(async () => {
  stack = await sharedStack();
});

describe("refused authority", () => {
  it("is logged with operation, status and account [ASVS 16.3.2]", async () => {
    const person = await presetSession(stack);
    expectRefused(await call("listUsers", undefined, { token: person.access }), "permission_denied");
    const { line } = await logWith(stack, "ListUsers", [person.id, "permission_denied"]);
    expect(JSON.parse(line)).toMatchObject({
      message: "refused",
      operation: "listUsers",
      status: 403,
      code: "permission_denied",
      userId: person.id,
      requestId: expect.stringMatching(/^[0-9a-f-]{36}$/),
    });
    expect(line).not.toContain(person.access);
  });
});
