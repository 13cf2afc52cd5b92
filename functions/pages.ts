// Only files that were listed at the start can be requested, which prevents path traversal.
import { join } from "node:path";
import type { APIGatewayProxyEvent, APIGatewayProxyResult } from "aws-lambda";
import { errors } from "../shared/contract/errors.ts";
import { strictTransportSecurity } from "../shared/contract/transport-security.ts";
import { readPageFiles, type PageFiles } from "../shared/http/page-files.ts";
import { initPhase } from "../shared/platform/init-phase.ts";
import { prepared } from "../shared/platform/lazy.ts";

const hasCurrent = (event: APIGatewayProxyEvent, etag = "") =>
  Object.entries(event.headers).some(
    ([name, value]) => name.toLowerCase() === "if-none-match" && value?.includes(etag),
  );

export const servePage = (event: APIGatewayProxyEvent, files: PageFiles): APIGatewayProxyResult => {
  const { resource, path, pathParameters, requestContext } = event;
  const common = {
    "x-request-id": requestContext.requestId,
    "Strict-Transport-Security": strictTransportSecurity,
  };
  // Only the browser knows the stage or domain before `/swagger/`, so links are relative and need
  // the trailing slash.
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

const files = prepared(() => readPageFiles(join(import.meta.dirname, "public")));

export const handler = async (event: APIGatewayProxyEvent): Promise<APIGatewayProxyResult> =>
  servePage(event, files());

await initPhase();
