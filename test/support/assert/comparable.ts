import type { Answer } from "../calls/api.ts";

// Ids of requests, ours and those of proxies, and device tokens differ from answer to answer.
const hidden =
  /^(date|x-request-id|x-amzn-(requestid|trace-id)|x-amz-(apigw-id|cf-id|cf-pop)|x-device-token|set-cookie)$/;

/** Reduces an answer to what could tell two accounts apart, without values that always differ. */
export const comparable = ({ status, headers, body }: Pick<Answer, "status" | "headers" | "body">) => ({
  status,
  headers: [...headers]
    .filter(([name]) => name !== "content-length")
    .map(([name, value]) => `${name}: ${hidden.test(name) ? "…" : name === "retry-after" ? "<time>" : value}`)
    .sort(),
  body: JSON.stringify(body)
    ?.replaceAll(/[0-9a-f]{8}-[0-9a-f-]{27}/g, "<id>")
    .replaceAll(/Try again in \d+ \w+/g, "Try again in <time>"),
});

/** Replaces the address and the username that the caller sent. */
export const withoutOwnWords = (
  text: string | undefined,
  email: string,
  body: object,
): string | undefined => {
  const username = "username" in body ? String(body.username) : email;
  return text?.replaceAll(email, "<email>").replaceAll(username, "<username>");
};
