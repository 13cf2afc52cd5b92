/**
 * Whether a password stands in a collection of breached ones, asked of a Pwned Passwords range service: five characters of its
 * SHA-1 leave, hundreds of candidates come back, padded, and are compared here. Neither the service nor a listener learns more.
 */
import { createHash } from "node:crypto";
import { variable } from "../platform/environment.ts";
import { countMetric } from "../platform/metrics.ts";

const patienceMilliseconds = 1_000;
const prefixLength = 5;

/** The rest of a hash and how often it was seen: 0 in a line that is only there to hide how many are real. */
const linePattern = /^([0-9A-F]{35}):(\d+)$/;

const rangeOf = async (url: string, prefix: string): Promise<Map<string, number>> => {
  const response = await fetch(url + prefix, {
    headers: { "Add-Padding": "true" },
    // Whoever answers instead of the service learns nothing either.
    redirect: "error",
    signal: AbortSignal.timeout(patienceMilliseconds),
  });
  if (!response.ok) throw new Error(`the range service answered ${response.status}`);
  const lines = (await response.text()).trim().split(/\r?\n/);
  return new Map(
    lines.map((line) => {
      const [, suffix, count] = linePattern.exec(line.toUpperCase()) ?? [];
      if (suffix === undefined) throw new Error("the range service answered something else");
      return [suffix, Number(count)];
    }),
  );
};

/** Fails open: a service that is slow or down must not keep anybody from signing up. The metric tells of it, nothing else. */
export const isBreached = async (
  password: string,
  countFailure = () => countMetric("BreachCheckFailed"),
): Promise<boolean> => {
  const url = variable("PWNED_PASSWORDS_URL");
  if (url === "off") return false;
  const digest = createHash("sha1").update(password).digest("hex").toUpperCase();
  try {
    const range = await rangeOf(url, digest.slice(0, prefixLength));
    return (range.get(digest.slice(prefixLength)) ?? 0) > 0;
  } catch {
    countFailure();
    return false;
  }
};
