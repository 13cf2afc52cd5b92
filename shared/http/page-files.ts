// Pages are text files only: with a list of binary types, API Gateway breaks preflight responses.
import { createHash } from "node:crypto";
import { readdirSync, readFileSync } from "node:fs";
import { extname, join } from "node:path";

const contentTypes: Record<string, string> = {
  ".html": "text/html; charset=utf-8",
  ".css": "text/css; charset=utf-8",
  ".js": "text/javascript; charset=utf-8",
  ".json": "application/json",
  ".svg": "image/svg+xml",
};

const pageHeaders = {
  "Content-Security-Policy": [
    "default-src 'none'",
    "script-src 'self'",
    "style-src 'self'",
    "img-src 'self' data:",
    "connect-src 'self'",
    "base-uri 'none'",
    "form-action 'none'",
    "frame-ancestors 'none'",
  ].join("; "),
  "Referrer-Policy": "no-referrer",
  "X-Content-Type-Options": "nosniff",
};

type PageFile = { body: string; headers: Record<string, string> };
export type PageFiles = ReadonlyMap<string, PageFile>;

const describeFile = (path: string, body: string): PageFile => ({
  body,
  headers: {
    ...pageHeaders,
    "Content-Type": contentTypes[extname(path)] ?? "text/plain; charset=utf-8",
    "Cache-Control": path.includes("/assets/") ? "public, max-age=31536000, immutable" : "no-cache",
    ETag: `"${createHash("sha256").update(body).digest("base64url")}"`,
  },
});

export const readPageFiles = (directory: string): PageFiles =>
  new Map(
    readdirSync(directory, { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map(({ parentPath, name }) => {
        const file = join(parentPath, name);
        const path = file.slice(directory.length).replaceAll("\\", "/");
        return [path, describeFile(path, readFileSync(file, "utf8"))] as const;
      }),
  );
