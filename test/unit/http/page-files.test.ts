import type { APIGatewayProxyEvent } from "aws-lambda";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { servePage } from "../../../functions/pages.ts";
import { readPageFiles } from "../../../shared/http/page-files.ts";

const directory = mkdtempSync(join(tmpdir(), "lit-auth-pages-"));
mkdirSync(join(directory, "swagger/assets/1"), { recursive: true });
writeFileSync(join(directory, "swagger/index.html"), "<!doctype html>");
writeFileSync(join(directory, "swagger/assets/1/ui.js"), "ui()");
const files = readPageFiles(directory);
rmSync(directory, { recursive: true });

const get = (path: string, headers: Record<string, string> = {}) => {
  const proxy = /^\/swagger\/(.+)$/.exec(path)?.[1];
  const event: Partial<APIGatewayProxyEvent> = {
    resource: proxy === undefined ? "/swagger" : "/swagger/{proxy+}",
    path,
    headers,
    pathParameters: proxy === undefined ? null : { proxy },
  };
  return servePage({ ...event, requestContext: { requestId: "request-1" } } as APIGatewayProxyEvent, files);
};

describe("served page", () => {
  it("has a policy that allows no inline script and no framing [ASVS 14.2.3]", () => {
    const { statusCode, headers = {} } = get("/swagger/");
    expect(statusCode).toBe(200);
    expect(headers).toMatchObject({
      "Content-Type": "text/html; charset=utf-8",
      "Cache-Control": "no-cache",
      "Strict-Transport-Security": "max-age=31536000; includeSubDomains",
    });
    expect(headers["Content-Security-Policy"]).toContain("script-src 'self'");
    expect(headers["Content-Security-Policy"]).toContain("frame-ancestors 'none'");
    expect(headers["Content-Security-Policy"]).not.toContain("unsafe-inline");
  });

  it("redirects relatively when the trailing slash is missing", () => {
    expect(get("/swagger")).toMatchObject({ statusCode: 302, headers: { Location: "swagger/" } });
  });

  it("lets browsers cache assets for a year, and names the request", () => {
    expect(get("/swagger/assets/1/ui.js").headers).toMatchObject({
      "Content-Type": "text/javascript; charset=utf-8",
      "Cache-Control": "public, max-age=31536000, immutable",
      "x-request-id": "request-1",
    });
  });

  it("isn't sent again to a browser that has it", () => {
    const etag = String(get("/swagger/").headers?.["ETag"]);
    expect(get("/swagger/", { "if-none-match": `W/${etag}` })).toMatchObject({ statusCode: 304, body: "" });
    expect(get("/swagger/", { "If-None-Match": '"other"' }).statusCode).toBe(200);
  });

  it.each([
    "../index.html",
    "..%2f..%2findex.mjs",
    "assets/../../secret",
    "//evil.example",
    "constructor",
    "assets/",
  ])("is not found at %s, with the usual error body [ASVS 13.2.5, 13.4.3]", (path) => {
    const { statusCode, body } = get(`/swagger/${path}`);
    expect(statusCode).toBe(404);
    expect(JSON.parse(body)).toEqual({ detail: "Not found.", code: "not_found" });
  });
});
