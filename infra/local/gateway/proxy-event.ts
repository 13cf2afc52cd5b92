import { randomUUID } from "node:crypto";
import type { IncomingMessage } from "node:http";
import { accountId } from "../aws/local-account.ts";

export type GatewayRequest = {
  requestId: string;
  method: string;
  path: string;
  query: URLSearchParams;
  rawHeaders: readonly string[];
  headers: IncomingMessage["headers"];
  sourceIp: string;
  receivedAt: number;
  body: Buffer;
};
export type Route = { resource: string; resourceId: string; pathParameters: Record<string, string> | null };
export type ApiIdentity = { apiId: string; stage: string };

type Lists = Record<string, string[]>;

const lastOf = (lists: Lists): Record<string, string> =>
  Object.fromEntries(Object.entries(lists).map(([name, values]) => [name, values.at(-1) ?? ""]));

const headerLists = ({ rawHeaders, headers, sourceIp }: GatewayRequest): Lists => {
  const lists: Lists = {};
  for (let index = 0; index < rawHeaders.length; index += 2) {
    const name = rawHeaders[index] ?? "";
    // These headers apply only to the connection with the gateway.
    if (/^(connection|keep-alive|transfer-encoding|content-length|expect)$/i.test(name)) continue;
    (lists[name] ??= []).push(rawHeaders[index + 1] ?? "");
  }
  const forwarded = headers["x-forwarded-for"];
  lists["X-Forwarded-For"] = [forwarded === undefined ? sourceIp : `${String(forwarded)}, ${sourceIp}`];
  lists["X-Forwarded-Port"] = [headers.host?.split(":")[1] ?? "80"];
  lists["X-Forwarded-Proto"] = ["http"];
  delete lists["x-forwarded-for"];
  return lists;
};

const queryLists = (query: URLSearchParams): Lists | null => {
  if (query.size === 0) return null;
  const lists: Lists = {};
  for (const [name, value] of query) (lists[name] ??= []).push(value);
  return lists;
};

export const proxyEvent = (
  request: GatewayRequest,
  { resource, resourceId, pathParameters }: Route,
  { apiId, stage }: ApiIdentity,
  isBinary: boolean,
) => {
  const { method, path, requestId, receivedAt, sourceIp, headers, body } = request;
  const multiValueHeaders = headerLists(request);
  const multiValueQueryStringParameters = queryLists(request.query);
  return {
    resource,
    path,
    httpMethod: method,
    headers: lastOf(multiValueHeaders),
    multiValueHeaders,
    queryStringParameters: multiValueQueryStringParameters && lastOf(multiValueQueryStringParameters),
    multiValueQueryStringParameters,
    pathParameters,
    stageVariables: null,
    requestContext: {
      accountId,
      apiId,
      stage,
      resourceId,
      resourcePath: resource,
      httpMethod: method,
      path,
      protocol: "HTTP/1.1",
      domainName: headers.host?.split(":")[0] ?? "localhost",
      domainPrefix: "localhost",
      requestId,
      extendedRequestId: randomUUID(),
      requestTime: new Date(receivedAt).toUTCString(),
      requestTimeEpoch: receivedAt,
      identity: { sourceIp, userAgent: headers["user-agent"] ?? null },
      authorizer: null,
    },
    body: body.length === 0 ? null : body.toString(isBinary ? "base64" : "utf8"),
    isBase64Encoded: isBinary && body.length > 0,
  };
};
