// Supports role policies, and what resource policies of secrets and buses deny. Those of queues
// decide about rules only (`eventbridge/`). To functions, they say that TLS is required.
import * as z from "zod";
import type { Templates } from "../cloudformation/templates.ts";
import { loadPartitionKeys, type PartitionKeys } from "./leading-keys.ts";
import { matches, parseConditions, type Context } from "./policy-conditions.ts";

export type Access = { action: string; resource: string; context?: Context };
type Decision = "allowed" | "not-allowed" | "denied" | "denied-by-resource";
export type Policies = {
  decide: (role: string, access: Access) => Decision;
  partitionKeys: PartitionKeys;
};

const oneOrMore = <Item extends z.ZodType>(item: Item) =>
  z.union([z.array(item), item.transform((one) => [one])]);
const texts = oneOrMore(z.string());
const conditions = z.record(z.string(), z.unknown()).default({}).transform(parseConditions);
const statementSchema = z.strictObject({
  Sid: z.string().optional(),
  Effect: z.enum(["Allow", "Deny"]),
  Action: texts,
  Resource: texts,
  Condition: conditions,
});
type Statement = z.output<typeof statementSchema>;
const documentSchema = z.object({ Statement: oneOrMore(statementSchema) });

const roleSchema = z.object({
  ManagedPolicyArns: z.array(z.string()).default([]),
  Policies: z.array(z.object({ PolicyDocument: documentSchema })).default([]),
});
const policySchema = z.object({ PolicyDocument: documentSchema, Roles: z.array(z.string()).default([]) });

/** An Allow in a resource policy would need the rules for several accounts, so it is refused. */
const denySchema = statementSchema.extend({
  Effect: z.literal("Deny"),
  Principal: z.union([z.literal("*"), z.strictObject({ AWS: z.literal("*") })]),
});
const secretPolicySchema = z.object({
  SecretId: z.string(),
  ResourcePolicy: z.object({ Statement: oneOrMore(denySchema) }),
});

/** These allow only logs and traces, which are not emulated. */
const harmlessManagedPolicies =
  /\/(AWSLambdaBasicExecutionRole|AWSXRayDaemonWriteAccess|AmazonAPIGatewayPushToCloudWatchLogs)$/;

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

const statementsBySecret = (templates: Templates): Map<string, Statement[]> =>
  new Map(
    templates.ofType("AWS::SecretsManager::ResourcePolicy").map((policy) => {
      const { SecretId, ResourcePolicy } = secretPolicySchema.parse(policy.properties());
      return [SecretId, ResourcePolicy.Statement];
    }),
  );

const busPolicySchema = z.object({ EventBusName: z.string(), Statement: denySchema });

const statementsByBus = (templates: Templates): Map<string, Statement[]> => {
  const byBus = new Map<string, Statement[]>();
  for (const policy of templates.ofType("AWS::Events::EventBusPolicy")) {
    const { EventBusName, Statement } = busPolicySchema.parse(policy.properties());
    const { attributes } = templates.find(EventBusName, "AWS::Events::EventBus").identity();
    const bus = attributes["Arn"] ?? EventBusName;
    byBus.set(bus, [...(byBus.get(bus) ?? []), Statement]);
  }
  return byBus;
};

export const loadPolicies = (templates: Templates): Policies => {
  const byRole = statementsByRole(templates);
  const byResource = new Map([...statementsBySecret(templates), ...statementsByBus(templates)]);
  const concerning = new Map<string, { ofRole: Statement[]; ofResource: Statement[] }>();

  /** What holds for an action on a resource, before conditions, is the same in every call. */
  const statementsOn = (role: string, action: string, resource: string) => {
    const key = `${role} ${action} ${resource}`;
    const known = concerning.get(key);
    if (known !== undefined) return known;
    const concerns = (statement: Statement) =>
      statement.Action.some((pattern) => matches(pattern, action, "i")) &&
      statement.Resource.some((pattern) => matches(pattern, resource));
    const ofRole = (byRole.get(role) ?? []).filter(concerns);
    const ofResource = (byResource.get(resource) ?? []).filter(concerns);
    concerning.set(key, { ofRole, ofResource });
    return { ofRole, ofResource };
  };

  return {
    partitionKeys: loadPartitionKeys(templates),
    decide: (role, { action, resource, context }) => {
      const known: Context = { "aws:SecureTransport": ["true"], "aws:PrincipalArn": [role], ...context };
      const applies = ({ Condition }: Statement) => Condition.every((holds) => holds(known));
      const { ofRole, ofResource } = statementsOn(role, action, resource);
      const applicable = ofRole.filter(applies);
      if (applicable.some(({ Effect }) => Effect === "Deny")) return "denied";
      if (ofResource.some(applies)) return "denied-by-resource";
      return applicable.length > 0 ? "allowed" : "not-allowed";
    },
  };
};
