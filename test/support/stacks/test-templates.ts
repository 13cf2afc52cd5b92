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
    import("../../../infra/settings.ts"),
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

/** Synthesises anew for other settings, and in processes outside a test run. */
export const templatesAt = async (
  url: string,
  settings?: Record<string, string>,
): Promise<SynthesisedStack[]> => {
  const file = process.env["TEST_TEMPLATES"];
  if (settings !== undefined || file === undefined)
    return synthesiseForTests({ PUBLIC_URL: url, ...settings });
  return JSON.parse(readFileSync(file, "utf8").replaceAll(unknownUrl, url));
};
