// Serves the template's REST API at the root, like a custom domain.
import { once } from "node:events";
import { randomUUID } from "node:crypto";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import { inspect } from "node:util";
import type { Api } from "./api-definition.ts";
import { compress } from "./compression.ts";
import type { Outcome } from "../lambda/execution-environment.ts";
import type { GatewayResponses, GatewayResponseType, HttpAnswer } from "./default-responses.ts";
import { proxyEvent, type GatewayRequest } from "./proxy-event.ts";
import { readProxyResponse } from "./proxy-response.ts";
import { findRoute } from "./route-tree.ts";
import { UserError } from "../../user-error.ts";

type Invoke = (functionArn: string, event: unknown) => Promise<Outcome>;
/** Paths that begin with `/_` belong to the runner. */
export type RunnerPages = (request: IncomingMessage, path: string, query: URLSearchParams) => HttpAnswer;
type Options = { api: Api; responses: GatewayResponses; invoke: Invoke; runnerPages: RunnerPages };

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

export const startGateway = async (port: number) => {
  let options: Options | undefined;

  const integrate = async (request: GatewayRequest, { api, invoke }: Options) => {
    const found = findRoute(api.root, request.path, request.method);
    if (found === undefined) return "MISSING_AUTHENTICATION_TOKEN";
    const { route, method } = found;
    if ("mock" in method) return method.mock(request, route.resource);
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
    const decodes = mediaTypeMatches(api.binaryMediaTypes, request.headers.accept);
    const answer = "payload" in outcome ? readProxyResponse(outcome.payload, decodes) : undefined;
    return answer ?? "INTEGRATION_FAILURE";
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
    return compress(answer, complete.headers["accept-encoding"], given.api.minimumCompressionBytes);
  };

  const handle = async (incoming: IncomingMessage, response: ServerResponse): Promise<void> => {
    const url = incoming.url ?? "/";
    const queryAt = url.indexOf("?");
    const path = queryAt === -1 ? url : url.slice(0, queryAt);
    const query = new URLSearchParams(queryAt === -1 ? "" : url.slice(queryAt));
    const requestId = randomUUID();
    let answer: HttpAnswer;
    if (options === undefined) answer = { status: 503, headers: [], body: "The stack is still starting.\n" };
    else if (path.startsWith("/_")) answer = options.runnerPages(incoming, path, query);
    else {
      const request = {
        requestId,
        path,
        query,
        method: incoming.method ?? "GET",
        headers: incoming.headers,
        rawHeaders: incoming.rawHeaders,
        sourceIp: incoming.socket.remoteAddress ?? "127.0.0.1",
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

  const server = createServer({ keepAliveTimeout: 60_000 }, (incoming, response) => {
    handle(incoming, response).catch((error: unknown) => {
      // A disconnected client or a defect of ours must not stop the runner.
      if (!incoming.destroyed) process.stderr.write(`${inspect(error)}\n`);
      response.destroy();
    });
  });
  const listening = once(server, "listening");
  server.listen(port, "127.0.0.1");
  try {
    await listening;
  } catch (error) {
    const code = error instanceof Error && "code" in error ? error.code : undefined;
    if (code === "EADDRINUSE") {
      throw new UserError(
        `Port ${port} is in use. Stop the program that uses it, or run \`npm start -- --port ${port + 1}\`.`,
      );
    }
    if (code === "EACCES")
      throw new UserError(`You have no permission to use port ${port}. Choose one above 1023.`);
    throw error;
  }
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("the gateway has no port");

  return {
    url: `http://127.0.0.1:${address.port}`,
    serve: (given: Options) => {
      options = given;
    },
    stop: async () => {
      const closed = once(server, "close");
      server.close();
      server.closeAllConnections();
      await closed;
    },
  };
};
