// Does the same as a deployment, which invokes the functions of its triggers.
import * as z from "zod";
import type { Outcome } from "./execution-environment.ts";
import type { Templates } from "../cloudformation/templates.ts";

const triggerSchema = z.object({ HandlerArn: z.string() });

export const runDeploymentTriggers = async (
  templates: Templates,
  invoke: (functionArn: string, event: unknown) => Promise<Outcome>,
): Promise<void> => {
  await Promise.all(
    templates.ofType("Custom::Trigger").map(async (trigger) => {
      const { HandlerArn } = triggerSchema.parse(trigger.properties());
      // The ARN of a version ends in a number.
      const outcome = await invoke(HandlerArn.replace(/:\d+$/, ""), {});
      if ("error" in outcome) {
        const { errorType, errorMessage } = outcome.error;
        throw new Error(`The deployment trigger ${trigger.logicalId} failed: ${errorType}: ${errorMessage}`);
      }
    }),
  );
};
