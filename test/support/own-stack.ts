/** An embedded stack of a test file's own, for what is done to it: faults, altered templates, the killing of processes. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Stack } from "../../infra/local/stack.ts";
import type { SynthesisedStack } from "../../infra/synthesise.ts";
import { startLocalStack } from "./local-stack.ts";
import { pointAt } from "./urls.ts";

export type OwnStack = Stack & { remove: () => Promise<void> };

export const startOwnStack = async (alter?: (stacks: SynthesisedStack[]) => void): Promise<OwnStack> => {
  const directory = mkdtempSync(join(tmpdir(), "lit-auth-stack-"));
  const stack = await startLocalStack({ dataDirectory: directory, ...(alter && { alter }) });
  pointAt(stack);
  return {
    ...stack,
    remove: async () => {
      await stack.stop();
      rmSync(directory, { recursive: true });
    },
  };
};

/** The mail queue, impatient: what AWS does in 48 s happens in two. */
export const impatientMailQueue = (stacks: SynthesisedStack[]): void => {
  for (const { template } of stacks)
    for (const { Type, Properties } of Object.values(template.Resources))
      if (Type === "AWS::SQS::Queue" && Properties?.["VisibilityTimeout"] !== undefined)
        Properties["VisibilityTimeout"] = 2;
};
