import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { SynthesisedStack } from "../../../infra/synthesise.ts";
import { call } from "../../support/calls/api.ts";
import { expectRefused } from "../../support/assert/refusals.ts";
import { logWith } from "../../support/stacks/function-logs.ts";
import { startTestStack, type TestStack } from "../../support/stacks/test-stack.ts";
import { activated, loginCode } from "../../support/people/people.ts";

type Policy = { PolicyDocument: { Statement: { Action: string | string[]; Resource: unknown }[] } };

// Removes one action from one function's policy.
const withoutGrant = (functionName: string, action: string) => (stacks: SynthesisedStack[]) => {
  const policies = stacks.flatMap(({ template }) =>
    Object.entries(template.Resources).filter(
      ([id, { Type }]) => Type === "AWS::IAM::Policy" && id.startsWith(functionName),
    ),
  );
  for (const [, { Properties }] of policies) {
    const { Statement } = (Properties as Policy).PolicyDocument;
    const granting = Statement.findIndex(({ Action }) => [Action].flat().includes(action));
    const found = Statement[granting];
    if (found) {
      found.Action = [found.Action].flat().filter((name) => name !== action);
      return;
    }
  }
  throw new Error(`${functionName} was never granted ${action}`);
};

describe("forgotten grant", () => {
  let stack: TestStack;
  beforeAll(async () => {
    stack = await startTestStack({ alter: withoutGrant("CreateToken", "dynamodb:PutItem") });
  });
  afterAll(() => stack.remove());

  it("fails with AWS's error in the log, hidden from the caller [ASVS 13.2.2, 16.3.4, 16.5.1]", async () => {
    const person = await activated();
    const answer = await call("createToken", { email: person.email, otp_code: await loginCode(person) });
    expectRefused(answer, "unexpected_failure");
    const { log } = await logWith(stack, "CreateToken", ["AccessDeniedException"]);
    expect(log).toMatch(/is not authorized to perform: dynamodb:PutItem on resource: arn:aws:dynamodb:/);
  });
});
