/** The embedded stack as tests want it: from the application's own templates, on a free port, with alterations if asked. */
import { freePort } from "../../../infra/local/engines/free-port.ts";
import { UserError } from "../../../infra/user-error.ts";
import { startStack, type Stack, type StackOptions } from "../../../infra/local/stack.ts";
import type { SynthesisedStack } from "../../../infra/synthesise.ts";
import { templatesAt } from "./templates.ts";

type Options = Partial<
  Pick<StackOptions, "engine" | "onLog" | "concurrencyPerFunction" | "returnFailedAfterSeconds">
> & {
  dataDirectory: string;
  settings?: Record<string, string>;
  /** Changes the templates before they run: a grant less. */
  alter?: (stacks: SynthesisedStack[]) => void;
};

const start = async ({ settings, alter, ...options }: Options): Promise<Stack> => {
  const port = await freePort();
  const stacks = await templatesAt(`http://127.0.0.1:${port}`, settings);
  alter?.(stacks);
  // Two of a function are enough to race; each one more starts cold.
  return startStack({ templates: stacks, port, concurrencyPerFunction: 2, ...options });
};

/** Others on this machine look for free ports too: whoever lost a race for one looks again. */
export const startLocalStack = (options: Options): Promise<Stack> =>
  start(options).catch((error: unknown) => {
    if (error instanceof UserError && /^Port \d+ is in use/.test(error.message)) return start(options);
    throw error;
  });
