// One request and what its answer means. Nothing here knows of sessions.
import { AuthError, type Result } from "./auth-error.ts";

export type Sent = Record<string, unknown> | undefined;

export type Answer = Result<unknown, AuthError> & { deviceToken?: string | null };

/** API Gateway answers within 29 seconds. */
const longestWaitMilliseconds = 35_000;
/** The service accepts a replaced refresh token for 30 seconds, into which two tries must fit. */
const longestRenewalMilliseconds = 10_000;

export const failed = (code: string, message: string, status = 0, details: object = {}): Answer => ({
  data: null,
  error: new AuthError({ code, message, status, ...details }),
});

export const cancelled = () => failed("aborted", "The call was cancelled.");

export const unexpected = (status: number, details?: object) =>
  failed("unexpected_answer", "The answer can't be understood.", status, details);

const answerOf = async (response: Response, url: string): Promise<Answer> => {
  const { ok, status, headers } = response;
  const text = await response.text();
  let body;
  try {
    // Runtimes that follow redirects in spite of `manual` name the last address.
    if (!response.url || response.url === url) body = JSON.parse(text);
  } catch {
    // A page of a proxy, or nothing.
  }
  if (ok && (body?.constructor === Object || status === 204))
    return { data: body, error: null, deviceToken: headers.get("x-device-token") };
  const { code, detail, ...fields } = body ?? {};
  const [first] = Object.values(fields);
  const details = {
    retryAfterSeconds: Number(headers.get("retry-after")) || undefined,
    requestId: headers.get("x-request-id") ?? undefined,
  };
  if (code && detail) return failed(String(code), String(detail), status, details);
  return status === 400 && Array.isArray(first)
    ? failed("fields_refused", first.join(" "), status, { ...details, fields })
    : unexpected(status, details);
};

/** `route` is a text such as `POST /api/v1/auth/user/otp/`. */
export const send = async (
  base: string,
  route: string,
  sent: Sent,
  signal?: AbortSignal,
  access?: string,
  deviceToken?: string,
): Promise<Answer> => {
  const [method = "", path = ""] = route.split(" ");
  const hasBody = sent && method !== "GET" && !path.includes("{");
  const ending = new AbortController();
  const end = () => ending.abort();
  const timer = setTimeout(
    end,
    path.endsWith("/refresh/") ? longestRenewalMilliseconds : longestWaitMilliseconds,
  );
  signal?.addEventListener("abort", end);
  if (signal?.aborted) end();
  try {
    const url = new URL(base + path.replace("{id}", String(sent?.["id"]).replace(/\W|^$/g, "-")));
    if (method === "GET")
      for (const [name, value] of Object.entries(sent ?? {}))
        if (value && name !== "id") url.searchParams.set(name, value as string);
    const response = await fetch(url, {
      method,
      redirect: "manual",
      signal: ending.signal,
      // A sign-out goes on if the page is left. Some runtimes refuse the member.
      ...(path.endsWith("/logout/") && { keepalive: true }),
      headers: {
        ...(access && { Authorization: `Bearer ${access}` }),
        ...(deviceToken && { "X-Device-Token": deviceToken }),
        ...(hasBody && { "Content-Type": "application/json" }),
      },
      ...(hasBody && { body: JSON.stringify(sent) }),
    });
    return await answerOf(response, url.href);
  } catch {
    return signal?.aborted ? cancelled() : failed("no_answer", "The service can't be reached. Try again.");
  } finally {
    clearTimeout(timer);
    signal?.removeEventListener("abort", end);
  }
};
