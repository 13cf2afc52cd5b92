// Supports role policies only. The queues' resource policies, which require TLS, are ignored.
import * as z from "zod";
import type { Templates } from "../cloudformation/templates.ts";

export type Access = { action: string; resource: string; context?: Readonly<Record<string, string>> };
type Decision = "allowed" | "not-allowed" | "denied";
export type Policies = { decide: (role: string, access: Access) => Decision };

const oneOrMore = <Item extends z.ZodType>(item: Item) =>
  z.union([z.array(item), item.transform((one) => [one])]);
const texts = oneOrMore(z.string());
const statementSchema = z.strictObject({
  Sid: z.string().optional(),
  Effect: z.enum(["Allow", "Deny"]),
  Action: texts,
  Resource: texts,
  Condition: z.record(z.string(), z.record(z.string(), oneOrMore(z.coerce.string()))).default({}),
});
type Statement = z.output<typeof statementSchema>;
const documentSchema = z.object({ Statement: oneOrMore(statementSchema) });

const roleSchema = z.object({
  ManagedPolicyArns: z.array(z.string()).default([]),
  Policies: z.array(z.object({ PolicyDocument: documentSchema })).default([]),
});
const policySchema = z.object({ PolicyDocument: documentSchema, Roles: z.array(z.string()).default([]) });

/** These allow only logs and traces, which are not emulated. */
const harmlessManagedPolicies =
  /\/(AWSLambdaBasicExecutionRole|AWSXRayDaemonWriteAccess|AmazonAPIGatewayPushToCloudWatchLogs)$/;

const patterns = new Map<string, RegExp>();
const matches = (pattern: string, value: string, flags = ""): boolean => {
  let expression = patterns.get(pattern + flags);
  if (expression === undefined) {
    const escaped = pattern.replace(/[.+^${}()|[\]\\]/g, "\\$&");
    expression = new RegExp(`^${escaped.replaceAll("*", ".*").replaceAll("?", ".")}$`, flags);
    patterns.set(pattern + flags, expression);
  }
  return expression.test(value);
};

type Test = (expected: readonly string[], actual: string) => boolean;
const operators: Record<string, Test> = {
  Bool: (expected, actual) => expected.includes(actual),
  StringEquals: (expected, actual) => expected.includes(actual),
  StringLike: (expected, actual) => expected.some((pattern) => matches(pattern, actual)),
  StringNotEquals: (expected, actual) => !expected.includes(actual),
  ArnEquals: (expected, actual) => expected.some((pattern) => matches(pattern, actual)),
  ArnLike: (expected, actual) => expected.some((pattern) => matches(pattern, actual)),
};

/** An unknown operator or key is decided strictly: an Allow fails and a Deny applies. */
const conditionsHold = (
  { Effect, Condition }: Statement,
  context: Readonly<Record<string, string>>,
): boolean =>
  Object.entries(Condition).every(([operator, expectations]) =>
    Object.entries(expectations).every(([key, expected]) => {
      const test = operators[operator];
      const actual = context[key];
      return test === undefined || actual === undefined ? Effect === "Deny" : test(expected, actual);
    }),
  );

const statementsByRole = (templates: Templates): Map<string, Statement[]> => {
  const byRole = new Map<string, Statement[]>();
  const attached = templates
    .ofType("AWS::IAM::Policy", "AWS::IAM::ManagedPolicy")
    .map((policy) => policySchema.parse(policy.properties()));
  for (const role of templates.ofType("AWS::IAM::Role")) {
    const { ref, attributes } = role.identity();
    const { ManagedPolicyArns, Policies } = roleSchema.parse(role.properties());
    const managed = ManagedPolicyArns.filter((arn) => !harmlessManagedPolicies.test(arn)).map((arn) =>
      policySchema.parse(templates.find(arn, "AWS::IAM::ManagedPolicy").properties()),
    );
    const own = attached.filter(({ Roles }) => Roles.includes(ref));
    byRole.set(
      attributes["Arn"] ?? ref,
      [...managed, ...own, ...Policies].flatMap(({ PolicyDocument }) => PolicyDocument.Statement),
    );
  }
  return byRole;
};

export const loadPolicies = (templates: Templates): Policies => {
  const byRole = statementsByRole(templates);
  const decisions = new Map<string, Decision>();

  const evaluate = (role: string, { action, resource, context = {} }: Access): Decision => {
    const known = { "aws:SecureTransport": "true", ...context };
    const applicable = (byRole.get(role) ?? []).filter(
      (statement) =>
        statement.Action.some((pattern) => matches(pattern, action, "i")) &&
        statement.Resource.some((pattern) => matches(pattern, resource)) &&
        conditionsHold(statement, known),
    );
    if (applicable.some(({ Effect }) => Effect === "Deny")) return "denied";
    return applicable.length > 0 ? "allowed" : "not-allowed";
  };

  return {
    decide: (role, access) => {
      if (access.context !== undefined) return evaluate(role, access);
      const key = `${role} ${access.action} ${access.resource}`;
      const decision = decisions.get(key) ?? evaluate(role, access);
      decisions.set(key, decision);
      return decision;
    },
  };
};
