import { readFileSync } from "node:fs";
import path from "node:path";
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

/** Emails contain inline styles, so `style-src` allows these. */
const filePolicy = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self' 'unsafe-inline'",
  "connect-src 'self'",
  "img-src 'self' data:",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join("; ");

/** The files of a folder by their addresses. */
export const filePages = (
  folder: string,
  files: Readonly<Record<string, readonly [file: string, contentType: string]>>,
): ReadonlyMap<string, HttpAnswer> =>
  new Map(
    Object.entries(files).map(([url, [file, contentType]]): [string, HttpAnswer] => [
      url,
      pageAnswer(readFileSync(path.join(folder, file)), {
        contentType,
        contentSecurityPolicy: filePolicy,
        cacheControl: "no-cache",
      }),
    ]),
  );

export const jsonAnswer = (status: number, body: unknown): HttpAnswer => ({
  status,
  headers: [
    ["Content-Type", "application/json"],
    ["Cache-Control", "no-store"],
    ["X-Content-Type-Options", "nosniff"],
    ["Cross-Origin-Resource-Policy", "same-origin"],
  ],
  body: JSON.stringify(body),
});
