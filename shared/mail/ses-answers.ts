// Names and messages decide, because the SDK has no types for codes such as `Throttling`.
export type Verdict =
  "throttled" | "quota_exceeded" | "sending_paused" | "unavailable" | "refused" | "no_answer" | "unknown";
export type Later = "throttled" | "quota_exceeded" | "sending_paused" | "unavailable";

type Rule = { verdict: Verdict; name?: RegExp; message?: RegExp };

// The first rule that matches decides. An exceeded quota and a rate have the same code, and a
// pause by AWS looks like a rejected letter.
const rules: readonly Rule[] = [
  { verdict: "quota_exceeded", message: /\bquota exceeded\b/i },
  { verdict: "quota_exceeded", name: /^LimitExceeded/ },
  { verdict: "throttled", name: /^Throttl|^TooManyRequests/ },
  { verdict: "sending_paused", name: /SendingPaused|^AccountSuspended/ },
  { verdict: "sending_paused", message: /\bsending (?:is |has been )?paused\b/i },
  { verdict: "refused", name: /^MessageRejected|NotVerified|^ConfigurationSetDoesNotExist/ },
  { verdict: "refused", name: /^InvalidParameter|^ValidationError|^MissingParameter/ },
  { verdict: "refused", message: /^the stored address is not deliverable$/ },
  { verdict: "unavailable", message: /^no connection within / },
  { verdict: "no_answer", name: /^TimeoutError$/ },
];

/** There was no connection, so no letter has left. */
const unconnected = new Set(["ECONNREFUSED", "ENOTFOUND", "EAI_AGAIN", "EHOSTUNREACH", "ENETUNREACH"]);

const isUnavailable = (error: Error): boolean => {
  const { $metadata, code = "" } = error as { $metadata?: { httpStatusCode?: number }; code?: string };
  return ($metadata?.httpStatusCode ?? 0) >= 500 || unconnected.has(code);
};

export const verdictOf = (error: unknown): Verdict => {
  if (!(error instanceof Error)) return "unknown";
  const rule = rules.find(
    ({ name = /(?:)/, message = /(?:)/ }) => name.test(error.name) && message.test(error.message),
  );
  return rule?.verdict ?? (isUnavailable(error) ? "unavailable" : "unknown");
};

export const isLater = (verdict: Verdict): verdict is Later =>
  ["throttled", "quota_exceeded", "sending_paused", "unavailable"].includes(verdict);
