// Looks a password up in a Pwned Passwords range service. Only five characters of its SHA-1 are
// sent. The padded response holds hundreds of candidates, so its size reveals nothing either.
import { createHash } from "node:crypto";
import { variable } from "../platform/environment.ts";
import { countMetric } from "../platform/metrics.ts";

const timeoutMilliseconds = 1_000;
const prefixLength = 5;

/** A hash's rest and its count, which is 0 in padding. */
const linePattern = /^([0-9A-F]{35}):(\d+)$/;

const rangeOf = async (url: string, prefix: string): Promise<Map<string, number>> => {
  const response = await fetch(url + prefix, {
    headers: { "Add-Padding": "true" },
    // A redirect would send the prefix to another host.
    redirect: "error",
    signal: AbortSignal.timeout(timeoutMilliseconds),
  });
  if (!response.ok) throw new Error(`the range service answered ${response.status}`);
  const lines = (await response.text()).trim().split(/\r?\n/);
  return new Map(
    lines.map((line) => {
      const [, suffix, count] = linePattern.exec(line.toUpperCase()) ?? [];
      if (suffix === undefined) throw new Error("the range service sent a line that is not SUFFIX:COUNT");
      return [suffix, Number(count)];
    }),
  );
};

/** Fails open and counts a metric: an outage must not prevent people from choosing a password. */
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
