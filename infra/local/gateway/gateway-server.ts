// Serves the template's REST API at the root, like a custom domain.
import { randomUUID } from "node:crypto";
import type { IncomingMessage, ServerResponse } from "node:http";
import { inspect } from "node:util";
import type { Api } from "./api-definition.ts";
import { compress } from "./compression.ts";
import type { Outcome } from "../lambda/execution-environment.ts";
import { throttledType } from "../lambda/function-pool.ts";
import type { GatewayResponses, GatewayResponseType, HttpAnswer } from "./default-responses.ts";
import { listeningServers, loopback } from "./listening-servers.ts";
import { proxyEvent, type GatewayRequest } from "./proxy-event.ts";
import { readProxyResponse } from "./proxy-response.ts";
import { requestLine } from "./request-line.ts";
import { findRoute } from "./route-tree.ts";

type Invoke = (functionArn: string, event: unknown) => Promise<Outcome>;
/** Paths that begin with `/_` belong to the runner, and `/` where the template has none. */
export type RunnerPages = (request: IncomingMessage, path: string, query: URLSearchParams) => HttpAnswer;
type Options = {
  api: Api;
  responses: GatewayResponses;
  invoke: Invoke;
  runnerPages: RunnerPages;
  onRequest: ((line: string) => void) | undefined;
};

const largestRequestBytes = 10 * 1024 * 1024;
const largestEventBytes = 6 * 1024 * 1024;

const readBody = (incoming: IncomingMessage): Promise<Buffer | "too-large"> =>
  new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    let bytes = 0;
    incoming.on("data", (chunk: Buffer) => {
      bytes += chunk.length;
      if (bytes <= largestRequestBytes) chunks.push(chunk);
      else chunks.length = 0;
    });
    incoming.on("end", () => resolve(bytes > largestRequestBytes ? "too-large" : Buffer.concat(chunks)));
    incoming.on("error", reject);
  });

const mediaTypeMatches = (types: readonly string[], header: string | undefined): boolean => {
  const [first = ""] = (header ?? "").split(/[,;]/);
  return types.some((type) => type === "*/*" || type.toLowerCase() === first.trim().toLowerCase());
};

const hasStartPage = ({ root }: Api): boolean => {
  const found = findRoute(root, "/", "GET");
  return found !== undefined && !("mock" in found.method);
};

const isForRunner = ({ method = "" }: IncomingMessage, path: string, api: Api): boolean =>
  path.startsWith("/_") || (path === "/" && ["GET", "HEAD"].includes(method) && !hasStartPage(api));

/** In AWS too, callers can choose the id of their request. */
const chosenId = ({ headers: { "x-amzn-requestid": id } }: IncomingMessage): string | undefined =>
  typeof id === "string" && /^[\w!#$%&'*+.^`|~-]{1,128}$/.test(id) ? id : undefined;

export const startGateway = async (port: number, host: string = loopback) => {
  let options: Options | undefined;

  const integrate = async (request: GatewayRequest, { api, invoke }: Options) => {
    const found = findRoute(api.root, request.path, request.method);
    if (found === undefined)
      return request.headers.authorization ? "DEFAULT_4XX" : "MISSING_AUTHENTICATION_TOKEN";
    const { route, method } = found;
    if ("mock" in method) return method.mock(request, route.resource);
    if (!method.mayInvoke) return "API_CONFIGURATION_ERROR";
    if (request.body.length > largestEventBytes) return "REQUEST_TOO_LARGE";
    const isBinary = mediaTypeMatches(api.binaryMediaTypes, request.headers["content-type"]);
    const event = proxyEvent(request, route, api, isBinary);
    let patience: NodeJS.Timeout | undefined;
    const timeout = new Promise<"INTEGRATION_TIMEOUT">((resolve) => {
      patience = setTimeout(resolve, method.timeoutMilliseconds, "INTEGRATION_TIMEOUT");
    });
    const outcome = await Promise.race([invoke(method.functionArn, event), timeout]);
    clearTimeout(patience);
    if (outcome === "INTEGRATION_TIMEOUT") return outcome;
    if ("error" in outcome)
      return outcome.error.errorType === throttledType ? "FUNCTION_THROTTLED" : "INTEGRATION_FAILURE";
    const decodes = mediaTypeMatches(api.binaryMediaTypes, request.headers.accept);
    return readProxyResponse(outcome.payload, decodes) ?? "INTEGRATION_FAILURE";
  };

  const answerTo = async (
    incoming: IncomingMessage,
    request: Omit<GatewayRequest, "body">,
    given: Options,
  ) => {
    const body = await readBody(incoming);
    const complete = { ...request, body: body === "too-large" ? Buffer.alloc(0) : body };
    const result: HttpAnswer | GatewayResponseType =
      body === "too-large" ? "REQUEST_TOO_LARGE" : await integrate(complete, given);
    const answer = typeof result === "string" ? given.responses(result, complete) : result;
    const milliseconds = Date.now() - request.receivedAt;
    given.onRequest?.(requestLine({ ...request, answer, milliseconds }));
    return compress(answer, complete.headers["accept-encoding"], given.api.minimumCompressionBytes);
  };

  const handle = async (incoming: IncomingMessage, response: ServerResponse): Promise<void> => {
    const url = incoming.url ?? "/";
    const queryAt = url.indexOf("?");
    const path = queryAt === -1 ? url : url.slice(0, queryAt);
    const query = new URLSearchParams(queryAt === -1 ? "" : url.slice(queryAt));
    const requestId = chosenId(incoming) ?? randomUUID();
    let answer: HttpAnswer;
    if (options === undefined) answer = { status: 503, headers: [], body: "The stack is still starting.\n" };
    else if (isForRunner(incoming, path, options.api)) answer = options.runnerPages(incoming, path, query);
    else {
      const request = {
        requestId,
        path,
        query,
        method: incoming.method ?? "GET",
        headers: incoming.headers,
        rawHeaders: incoming.rawHeaders,
        sourceIp: (incoming.socket.remoteAddress ?? loopback).replace(/^::ffff:/, ""),
        receivedAt: Date.now(),
      };
      answer = await answerTo(incoming, request, options);
      answer.headers.push(["x-amzn-RequestId", requestId]);
    }
    if (answer.status !== 204)
      answer.headers.push(["Content-Length", String(Buffer.byteLength(answer.body))]);
    response.writeHead(answer.status, answer.headers.flat());
    response.end(incoming.method === "HEAD" || answer.status === 204 ? undefined : answer.body);
  };

  const servers = await listeningServers(
    (incoming, response) => {
      handle(incoming, response).catch((error: unknown) => {
        // A disconnected client or a defect of ours must not stop the runner.
        if (!incoming.destroyed) process.stderr.write(`${inspect(error)}\n`);
        response.destroy();
      });
    },
    port,
    host,
  );

  return {
    url: `http://${loopback}:${servers.port}`,
    serve: (given: Options) => {
      options = given;
    },
    stop: servers.stop,
  };
};
