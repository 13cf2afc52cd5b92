// What `bench:alone` and `bench:cold` can be told.
import { resolve } from "node:path";
import { parseArgs } from "node:util";
import { bundlesDirectory } from "../../../../infra/bundling/bundle-functions.ts";
import { UserError } from "../../../../infra/user-error.ts";
import type { Case } from "./messages.ts";

/** The trees are folders of bundles, first that of this checkout. */
export const readOptions = (command: string, defaultRounds: number) => {
  try {
    const { values } = parseArgs({
      options: {
        against: { type: "string" },
        only: { type: "string" },
        rounds: { type: "string", default: String(defaultRounds) },
      },
    });
    if (!/^[1-9]\d?$/.test(values.rounds)) throw new Error("--rounds needs a number from 1 to 99");
    const against = values.against === undefined ? [] : [resolve(values.against)];
    return {
      trees: [bundlesDirectory, ...against],
      only: values.only?.split(","),
      rounds: Number(values.rounds),
    };
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new UserError(
      `${reason}\nUsage: npm run ${command} -- [--only getMe,refreshToken] [--rounds ${defaultRounds}] [--against <folder of bundles>]`,
    );
  }
};

export const chosenNames = (cases: ReadonlyMap<string, Case> | undefined, only?: string[]): string[] => {
  const names = [...(cases?.keys() ?? [])];
  const unknown = only?.filter((name) => !names.includes(name)) ?? [];
  if (unknown.length > 0)
    throw new UserError(`--only names ${unknown.join(", ")}. The functions are ${names.join(", ")}.`);
  return only ?? names;
};
