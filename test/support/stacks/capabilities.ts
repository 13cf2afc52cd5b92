/**
 * What a target of the black-box suite may lack. `TARGET_LACKS` names it; a target of which nothing is said must have all,
 * so that a broken template fails there and is not skipped. Tests that need it are skipped with the reason, and counted.
 */
import { inject, type TestContext } from "vitest";
import type { TestProject } from "vitest/node";

const reasons = {
  gatewayResponseBodies: "API Gateway's own answers carry neither the template's body nor its headers",
  hundredsAtOnce:
    "each of many calls at once starts an execution environment of its own, more than one machine can in time",
  formsBesidePost: "bodies of forms reach functions empty with methods other than POST",
};
export type Capability = keyof typeof reasons;

const isCapability = (name: string): name is Capability => Object.hasOwn(reasons, name);

export const readLacks = (names = ""): Capability[] =>
  names
    .split(",")
    .filter((name) => name !== "")
    .map((name) => {
      if (!isCapability(name)) throw new Error(`TARGET_LACKS names ${name}, which no test asks for`);
      return name;
    });

/** First line of a test that needs this. */
export const unlessLacking = (capability: Capability, skip: TestContext["skip"]): void =>
  skip(inject("lacks").includes(capability), `${capability}: ${reasons[capability]}`);

/** After the run: how many tests were skipped, by reason. */
export const reportSkips = ({ vitest }: TestProject): void => {
  const skipped = vitest.state
    .getTestModules()
    .flatMap(({ children }) => [...children.allTests("skipped")])
    .map((test) => test.result())
    .map((result) => ("note" in result ? result.note : undefined) ?? "no reason given");
  for (const [reason, tests] of Object.entries(Object.groupBy(skipped, (reason) => reason)))
    console.info(`skipped ${tests?.length}: ${reason}`);
};
