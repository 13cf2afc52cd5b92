// The default event bus: runs the rules of the templates. A failed invocation is counted, and no
// message of it names anything of the event, which holds an address.
import { randomUUID } from "node:crypto";
import * as z from "zod";
import { accountId, region } from "../aws/local-account.ts";
import type { Templates } from "../cloudformation/templates.ts";
import { parseEventPattern, type EventPattern } from "../aws/event-pattern.ts";
import { parseInputTransformer, type InputTransformer } from "./input-transformer.ts";
import { loadQueuePolicies } from "./queue-policy.ts";

export type SourceEvent = {
  source: string;
  detailType: string;
  resources: readonly string[];
  detail: Readonly<Record<string, unknown>>;
};
type Queue = { url: string; arn: string };
type Target = { queue: Queue; transform: InputTransformer };
type Rule = { name: string; arn: string; matches: EventPattern; targets: readonly Target[] };

const targetSchema = z.strictObject({
  Id: z.string(),
  Arn: z.string().startsWith("arn:aws:sqs:", "only SQS queues are supported locally"),
  InputTransformer: z.unknown().transform(parseInputTransformer),
});
const ruleSchema = z.strictObject({
  Name: z.string().optional(),
  Description: z.string().optional(),
  EventPattern: z.unknown().transform(parseEventPattern),
  State: z.enum(["ENABLED", "DISABLED"]).default("ENABLED"),
  Targets: z.array(targetSchema).min(1),
});

const loadRules = (templates: Templates): Rule[] =>
  templates.ofType("AWS::Events::Rule").flatMap((resource) => {
    const { EventPattern, State, Targets } = ruleSchema.parse(resource.properties());
    const { ref: name, attributes } = resource.identity();
    const targets = Targets.map(({ Arn, InputTransformer }) => {
      const { ref: url } = templates.find(Arn, "AWS::SQS::Queue").identity();
      return { queue: { url, arn: Arn }, transform: InputTransformer };
    });
    const rule = { name, arn: attributes["Arn"] ?? name, matches: EventPattern, targets };
    return State === "ENABLED" ? [rule] : [];
  });

export const startEventBus = (
  templates: Templates,
  {
    sendMessage,
    onFailure,
  }: {
    sendMessage: (queueUrl: string, body: string) => Promise<unknown>;
    onFailure: (message: string) => void;
  },
) => {
  const rules = loadRules(templates);
  const mayPut = loadQueuePolicies(templates);
  const failed: Record<string, number> = {};
  const running = new Set<Promise<void>>();

  const invoke = async (rule: Rule, { queue, transform }: Target, event: Record<string, unknown>) => {
    const body = transform(event);
    if (body === undefined) throw new Error("the transformed event is not JSON");
    if (!mayPut(queue, rule.arn)) throw new Error(`the policy of ${queue.arn} does not allow it`);
    await sendMessage(queue.url, body);
  };

  const publish = ({ source, detailType, resources, detail }: SourceEvent): void => {
    const event = {
      version: "0",
      id: randomUUID(),
      "detail-type": detailType,
      source,
      account: accountId,
      time: new Date().toISOString().replace(/\.\d+/, ""),
      region,
      resources,
      detail,
    };
    for (const rule of rules.filter(({ matches }) => matches(event)))
      for (const target of rule.targets) {
        const work: Promise<void> = invoke(rule, target, event)
          .catch((error: unknown) => {
            failed[rule.name] = (failed[rule.name] ?? 0) + 1;
            onFailure(`${rule.name}: ${error instanceof Error ? error.message : String(error)}`);
          })
          .finally(() => running.delete(work));
        running.add(work);
      }
  };

  return {
    publish,
    /** Like the metric `FailedInvocations`, by rule. */
    failedInvocations: (): Record<string, number> => ({ ...failed }),
    stop: async () => {
      await Promise.all(running);
    },
  };
};
