import type { HttpAnswer } from "../gateway/default-responses.ts";

type Page = { contentType: string; contentSecurityPolicy: string; status?: number; cacheControl?: string };

/** One of the runner's own pages, which no other origin may use. */
export const pageAnswer = (
  body: HttpAnswer["body"],
  { contentType, contentSecurityPolicy, status = 200, cacheControl = "no-store" }: Page,
): HttpAnswer => ({
  status,
  headers: [
    ["Content-Type", `${contentType}; charset=utf-8`],
    ["Content-Security-Policy", contentSecurityPolicy],
    ["X-Content-Type-Options", "nosniff"],
    ["Cross-Origin-Resource-Policy", "same-origin"],
    ["Referrer-Policy", "no-referrer"],
    ["Cache-Control", cacheControl],
  ],
  body,
});
