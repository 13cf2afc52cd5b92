// The templates of the stacks that tests start. They are synthesised once per run, because loading
// CDK takes each process a second.
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { generousLimits } from "../../../infra/generous-limits.ts";
import type { SynthesisedStack } from "../../../infra/synthesise.ts";

export const templatesFile = join(import.meta.dirname, "../../../build/templates-of-tests.json");
const unknownUrl = "http://url-of-this-stack.invalid";

export const synthesiseForTests = async (settings: Record<string, string>): Promise<SynthesisedStack[]> => {
  const [{ synthesise }, { readSettings }] = await Promise.all([
    import("../../../infra/synthesise.ts"),
    import("../../../infra/settings/settings.ts"),
  ]);
  // Tests refuse many passwords and would wait for each. The tests of the floor set their own.
  const defaults = {
    STAGE: "test",
    MAIL_FROM: "no-reply@example.com",
    PUBLIC_URL: unknownUrl,
    REFUSAL_FLOOR_MILLISECONDS: "0",
    MX_RESOLVER: "off",
  };
  return synthesise(readSettings({ ...defaults, ...generousLimits, ...settings }));
};

type Variables = Record<string, unknown> | undefined;
const variablesIn = (stacks: readonly SynthesisedStack[]): Variables[] =>
  stacks
    .flatMap(({ template }) => Object.values(template.Resources))
    .filter(({ Type }) => Type === "AWS::Lambda::Function")
    .map(
      ({ Properties }) => (Properties as { Environment?: { Variables?: Variables } }).Environment?.Variables,
    );

/** A setting with more to it than a variable of functions would have other resources too. */
const isOnlyVariable = (name: string, variables: readonly Variables[]): boolean =>
  !/^(?:CHALLENGE_|ALLOWED_ORIGINS$)/.test(name) && variables.some((one) => one && name in one);

/** Synthesises anew in processes outside a test run, and for settings that change resources. */
export const templatesAt = async (
  url: string,
  settings: Record<string, string> = {},
): Promise<SynthesisedStack[]> => {
  const file = process.env["TEST_TEMPLATES"];
  if (file === undefined) return synthesiseForTests({ PUBLIC_URL: url, ...settings });
  const stacks: SynthesisedStack[] = JSON.parse(readFileSync(file, "utf8").replaceAll(unknownUrl, url));
  const variables = variablesIn(stacks);
  if (!Object.keys(settings).every((name) => isOnlyVariable(name, variables)))
    return synthesiseForTests({ PUBLIC_URL: url, ...settings });
  for (const one of variables)
    for (const [name, value] of Object.entries(settings)) if (one && name in one) one[name] = value;
  return stacks;
};
