// What `bench:alone` and `bench:cold` can be told.
import { resolve } from "node:path";
import { bundlesDirectory } from "../../../../infra/bundling/bundle-functions.ts";
import type { readCommandLine } from "../../../../infra/command-line/command-line.ts";
import { UserError } from "../../../../infra/user-error.ts";
import type { Case } from "./messages.ts";

type Values = ReturnType<typeof readCommandLine<"bench:alone">>["values"];

/** The trees are folders of bundles, first that of this checkout. */
export const readOptions = ({ against, only, rounds = "" }: Values, defaultRounds: number) => {
  if (rounds !== "" && !/^[1-9]\d?$/.test(rounds))
    throw new UserError("--rounds needs a number from 1 to 99.");
  return {
    trees: [bundlesDirectory, ...(against === undefined ? [] : [resolve(against)])],
    only: only?.split(","),
    rounds: Number(rounds || defaultRounds),
  };
};

export const chosenNames = (cases: ReadonlyMap<string, Case> | undefined, only?: string[]): string[] => {
  const names = [...(cases?.keys() ?? [])];
  const unknown = only?.filter((name) => !names.includes(name)) ?? [];
  if (unknown.length > 0)
    throw new UserError(`--only names ${unknown.join(", ")}. The functions are ${names.join(", ")}.`);
  return only ?? names;
};
