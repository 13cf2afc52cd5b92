// Whether the policy of a queue lets a rule put messages into it. A rule has no role.
import * as z from "zod";
import { matches, parseConditions } from "../aws-endpoint/policy-conditions.ts";
import type { Templates } from "../cloudformation/templates.ts";

const texts = z.union([z.array(z.string()), z.string().transform((one) => [one])]);
const everyone = z.union([z.literal("*"), z.strictObject({ AWS: z.literal("*") })]).transform(() => ["*"]);
const statementSchema = z.strictObject({
  Sid: z.string().optional(),
  Effect: z.enum(["Allow", "Deny"]),
  Principal: z.union([everyone, z.strictObject({ Service: texts }).transform(({ Service }) => Service)]),
  Action: texts,
  Resource: texts,
  Condition: z.record(z.string(), z.unknown()).default({}).transform(parseConditions),
});
const policySchema = z.object({
  Queues: z.array(z.string()),
  PolicyDocument: z.object({ Statement: z.array(statementSchema) }),
});

export const loadQueuePolicies = (templates: Templates) => {
  const policies = templates
    .ofType("AWS::SQS::QueuePolicy")
    .map((policy) => policySchema.parse(policy.properties()));

  return (queue: { url: string; arn: string }, ruleArn: string): boolean => {
    const context = { "aws:SecureTransport": ["true"], "aws:SourceArn": [ruleArn] };
    const statements = policies
      .filter(({ Queues }) => Queues.includes(queue.url))
      .flatMap(({ PolicyDocument }) => PolicyDocument.Statement)
      .filter(
        ({ Principal, Action, Resource, Condition }) =>
          ["*", "events.amazonaws.com"].some((principal) => Principal.includes(principal)) &&
          Action.some((pattern) => matches(pattern, "sqs:SendMessage", "i")) &&
          Resource.some((pattern) => matches(pattern, queue.arn)) &&
          Condition.every((holds) => holds(context)),
      );
    return statements.length > 0 && statements.every(({ Effect }) => Effect === "Allow");
  };
};
