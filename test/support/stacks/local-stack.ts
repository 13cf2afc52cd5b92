// Starts the embedded stack on a free port, from the application's own templates.
import { freePort } from "../../../infra/local/engines/free-port.ts";
import { UserError } from "../../../infra/user-error.ts";
import { startStack, type Stack, type StackOptions } from "../../../infra/local/stack.ts";
import type { SynthesisedStack } from "../../../infra/synthesise.ts";
import { templatesAt } from "./test-templates.ts";

type Options = Partial<
  Pick<StackOptions, "engine" | "onLog" | "concurrencyPerFunction" | "returnFailedAfterSeconds">
> & {
  dataDirectory: string;
  settings?: Record<string, string>;
  /** Changes the templates before they run, for example takes a grant away. */
  alter?: (stacks: SynthesisedStack[]) => void;
};

const start = async ({ settings, alter, ...options }: Options): Promise<Stack> => {
  const port = await freePort();
  const stacks = await templatesAt(`http://127.0.0.1:${port}`, settings);
  alter?.(stacks);
  // Two execution environments are enough for races. Each further one costs a cold start.
  return startStack({ templates: stacks, port, concurrencyPerFunction: 2, ...options });
};

/** Tries a second port if another process has taken the first one meanwhile. */
export const startLocalStack = (options: Options): Promise<Stack> =>
  start(options).catch((error: unknown) => {
    if (error instanceof UserError && /^Port \d+ is in use/.test(error.message)) return start(options);
    throw error;
  });
