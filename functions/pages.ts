/**
 * Serves the pages that lie beside the bundle: Swagger UI, and whatever else `infra/bundling/page-assets.ts` puts there. A request can
 * only name a file that was listed at the start, so no path leads out of the folder. All files are text: API Gateway would
 * need a list of binary types for others, and with one it breaks its own preflight answers.
 */
import type { APIGatewayProxyEvent, APIGatewayProxyResult } from "aws-lambda";
import { createHash } from "node:crypto";
import { readdirSync, readFileSync } from "node:fs";
import { extname, join } from "node:path";
import { errors } from "../shared/contract/errors.ts";
import { lazy } from "../shared/platform/lazy.ts";

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

/** Every file below the folder, by the path under which it is asked for. */
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

const hasCurrent = (event: APIGatewayProxyEvent, etag = "") =>
  Object.entries(event.headers).some(
    ([name, value]) => name.toLowerCase() === "if-none-match" && value?.includes(etag),
  );

export const servePage = (event: APIGatewayProxyEvent, files: PageFiles): APIGatewayProxyResult => {
  const { resource, path, pathParameters, requestContext } = event;
  const common = { "x-request-id": requestContext.requestId };
  // Links in a page are relative, since only the browser knows the stage or domain before `/swagger/`.
  if (!resource.endsWith("}") && !path.endsWith("/"))
    return { statusCode: 302, headers: { ...common, Location: `${resource.slice(1)}/` }, body: "" };
  const wanted = resource.endsWith("}")
    ? resource.replace("{proxy+}", pathParameters?.["proxy"] ?? "")
    : `${resource}/`;
  const file = files.get(wanted.endsWith("/") ? `${wanted}index.html` : wanted);
  if (!file) {
    const body = JSON.stringify({ detail: errors.not_found.detail, code: "not_found" });
    return { statusCode: 404, headers: { ...common, "Content-Type": "application/json" }, body };
  }
  const headers = { ...common, ...file.headers };
  return hasCurrent(event, file.headers["ETag"])
    ? { statusCode: 304, headers, body: "" }
    : { statusCode: 200, headers, body: file.body };
};

const files = lazy(() => readPageFiles(join(import.meta.dirname, "public")));

export const handler = async (event: APIGatewayProxyEvent): Promise<APIGatewayProxyResult> =>
  servePage(event, files());
