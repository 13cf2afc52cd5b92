/** Does at start what a deployment does: invokes the functions that the template's triggers name. */
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
      // `Ref` of a version: the function's ARN and a number.
      const outcome = await invoke(HandlerArn.replace(/:\d+$/, ""), {});
      if ("error" in outcome) {
        const { errorType, errorMessage } = outcome.error;
        throw new Error(`The deployment trigger ${trigger.logicalId} failed: ${errorType}: ${errorMessage}`);
      }
    }),
  );
};
