import { parseArgs } from "node:util";
import { UserError } from "../../../../infra/user-error.ts";

export type BenchOptions = { save: string | undefined; compare: string | undefined };

export const readBenchOptions = (parameters: readonly string[]): BenchOptions => {
  try {
    const { values } = parseArgs({
      args: [...parameters],
      options: { save: { type: "string" }, compare: { type: "string" } },
    });
    for (const name of ["save", "compare"] as const)
      if (values[name] === "") throw new Error(`--${name} needs the name of a file`);
    return { save: values.save, compare: values.compare };
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new UserError(`${reason}\nUsage: npm run bench -- [--compare <file>] [--save <file>]`);
  }
};
