// Capabilities that a target of the black-box suite may lack. `TARGET_LACKS` names them, and tests
// that need one are skipped, counted and reported with the reason. By default a target has all of
// them, so that a broken template fails the tests.
import { inject, type TestContext } from "vitest";
import type { TestProject } from "vitest/node";

const reasons = {
  gatewayResponseBodies: "API Gateway's own answers carry neither the template's body nor its headers",
  hundredsAtOnce:
    "each of many calls at once starts an execution environment of its own, more than one machine can in time",
  reportsOfLetters: "SES reports no bounces and complaints",
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

/** The first line of a test that needs this capability. */
export const requireCapability = (capability: Capability, skip: TestContext["skip"]): void =>
  skip(inject("lacks").includes(capability), `${capability}: ${reasons[capability]}`);

/** Prints how many tests were skipped, by reason. */
export const reportSkips = ({ vitest }: TestProject): void => {
  const skipped = vitest.state
    .getTestModules()
    .flatMap(({ children }) => [...children.allTests("skipped")])
    .map((test) => test.result())
    .map((result) => ("note" in result ? result.note : undefined) ?? "no reason given");
  for (const [reason, tests] of Object.entries(Object.groupBy(skipped, (reason) => reason)))
    console.info(`skipped ${tests?.length}: ${reason}`);
};
