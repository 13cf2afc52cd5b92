// Asks a service in the form that reCAPTCHA, Turnstile and hCaptcha share. It gets the token and
// our secret, but not the caller's IP address.
import * as z from "zod";
import { variable } from "../platform/environment.ts";
import { countMetric } from "../platform/metrics.ts";
import { readSecret } from "../platform/secrets.ts";

export type ChallengeAction = "register" | "reset_password";
export type Verdict = "solved" | "refused" | "unanswered";

const timeoutMilliseconds = 2_000;

const answerSchema = z.object({
  success: z.boolean(),
  hostname: z.string().nullish(),
  action: z.string().nullish(),
  "error-codes": z.array(z.string()).nullish(),
});

const serviceFaults = new Set(["missing-input-secret", "invalid-input-secret", "internal-error"]);

const judgementOf = async (url: string, secret: string, token: string) => {
  const response = await fetch(url, {
    method: "POST",
    body: new URLSearchParams({ secret, response: token }),
    // A redirect would send the secret to another host.
    redirect: "error",
    signal: AbortSignal.timeout(timeoutMilliseconds),
  });
  if (response.status === 429 || response.status >= 500)
    throw new Error(`the verification service answered ${response.status}`);
  const { success, hostname, action, "error-codes": codes } = answerSchema.parse(await response.json());
  if (!success && codes?.some((code) => serviceFaults.has(code)))
    throw new Error("the verification service could not judge the token");
  return { success: success && response.ok, hostname, action };
};

type Deps = { countFailure: () => void; readSecret: (id: string) => Promise<string> };
const outside: Deps = { countFailure: () => countMetric("ChallengeCheckFailed"), readSecret };

export const verifyChallenge = async (
  token: string,
  action: ChallengeAction,
  { countFailure, readSecret }: Deps = outside,
): Promise<Verdict> => {
  const url = variable("CHALLENGE_VERIFY_URL");
  const secretId = variable("CHALLENGE_SECRET_ID");
  const hostnames = variable("CHALLENGE_HOSTNAMES")
    .toLowerCase()
    .split(/[\s,]+/);
  try {
    const solved = await judgementOf(url, await readSecret(secretId), token);
    const isRight =
      solved.success &&
      hostnames.includes((solved.hostname ?? "").toLowerCase()) &&
      (!solved.action || solved.action === action);
    return isRight ? "solved" : "refused";
  } catch {
    countFailure();
    return "unanswered";
  }
};
