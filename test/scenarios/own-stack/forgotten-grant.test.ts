import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { SynthesisedStack } from "../../../infra/synthesise.ts";
import { call } from "../../support/calls/api.ts";
import { expectRefused } from "../../support/assert/refusals.ts";
import { logWith } from "../../support/stacks/function-logs.ts";
import { startTestStack, type TestStack } from "../../support/stacks/test-stack.ts";
import { newPassword } from "../../support/people/credentials.ts";
import { activated, loginCode, resetCode } from "../../support/people/people.ts";

type Statement = {
  Action: string | string[];
  Resource: unknown;
  Condition?: { "ForAllValues:StringLike"?: { "dynamodb:LeadingKeys": string[] } };
};
type Policy = { PolicyDocument: { Statement: Statement[] } };

const statementsOf = (stacks: SynthesisedStack[], functionName: string): Statement[] =>
  stacks
    .flatMap(({ template }) => Object.entries(template.Resources))
    .filter(([id, { Type }]) => Type === "AWS::IAM::Policy" && id.startsWith(functionName))
    .flatMap(([, { Properties }]) => (Properties as Policy).PolicyDocument.Statement);

// Removes one action from one function's policy.
const withoutAction = (stacks: SynthesisedStack[], functionName: string, action: string) => {
  const granting = statementsOf(stacks, functionName).find(({ Action }) => [Action].flat().includes(action));
  if (!granting) throw new Error(`${functionName} was never granted ${action}`);
  granting.Action = [granting.Action].flat().filter((name) => name !== action);
};

// Removes one kind of items from one function's policy.
const withoutKind = (stacks: SynthesisedStack[], functionName: string, pattern: string) => {
  const keysIn = ({ Condition }: Statement) => Condition?.["ForAllValues:StringLike"];
  const granting = statementsOf(stacks, functionName)
    .map(keysIn)
    .filter((keys) => keys?.["dynamodb:LeadingKeys"].includes(pattern));
  if (granting.length === 0) throw new Error(`${functionName} was never granted ${pattern}`);
  for (const keys of granting) if (keys) keys["dynamodb:LeadingKeys"] = ["none#*"];
};

describe("forgotten grant", () => {
  let stack: TestStack;
  beforeAll(async () => {
    stack = await startTestStack({
      alter: (stacks) => {
        withoutAction(stacks, "CreateToken", "dynamodb:PutItem");
        withoutKind(stacks, "ConfirmPasswordReset", "reset#*");
      },
    });
  });
  afterAll(() => stack.remove());

  it("fails with AWS's error in the log, hidden from the caller [ASVS 13.2.2, 16.3.4, 16.5.1]", async () => {
    const person = await activated();
    const answer = await call("createToken", { email: person.email, otp_code: await loginCode(person) });
    expectRefused(answer, "unexpected_failure");
    const { log } = await logWith(stack, "CreateToken", ["AccessDeniedException"]);
    expect(log).toMatch(/is not authorized to perform: dynamodb:PutItem on resource: arn:aws:dynamodb:/);
  });

  it("of a kind fails too, and the log names the kind", async () => {
    const person = await activated();
    const otp_code = await resetCode(person);
    const answer = await call("confirmPasswordReset", {
      email: person.email,
      otp_code,
      new_password: newPassword(),
    });
    expectRefused(answer, "unexpected_failure");
    const { log } = await logWith(stack, "ConfirmPasswordReset", ["AccessDeniedException"]);
    expect(log).toMatch(/allows the dynamodb:Query action on keys that begin with reset#"/);
  });
});
