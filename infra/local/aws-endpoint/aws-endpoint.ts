// Takes AWS calls over HTTP: finds the caller by access key id and reads what they ask.
import { once } from "node:events";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import { randomUUID } from "node:crypto";
import { readAuthorization } from "../aws/access-keys.ts";
import { jsonContentType } from "../aws/aws-request.ts";
import { namesThisMachine } from "../aws/foreign-requests.ts";
import { region } from "../aws/local-account.ts";
import { asServiceError, errorAnswer, ServiceError } from "../aws/service-error.ts";
import { createCallPath } from "./call-path.ts";
import type { Answer } from "../aws/forwarder.ts";
import type { Call } from "./required-access.ts";

const readBody = (request: IncomingMessage): Promise<Buffer> =>
  new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    request.on("data", (chunk: Buffer) => chunks.push(chunk));
    request.on("end", () => resolve(chunks.length === 1 && chunks[0] ? chunks[0] : Buffer.concat(chunks)));
    request.on("error", reject);
  });

const isSesV2 = ({ url = "" }: IncomingMessage): boolean => url.startsWith("/v2/email/");

/** Operators' commands use this operation to replace execution environments. */
const configurationPath = /^\/2015-03-31\/functions\/([^/]+)\/configuration$/;

/** They ask the function for events with this one. */
const invocationPath = /^\/2015-03-31\/functions\/([^/]+)\/invocations$/;

const parseLambdaCall = ({ method, url = "" }: IncomingMessage, body: Buffer): Call => {
  const [, invoked] = invocationPath.exec(url) ?? [];
  if (method === "POST" && invoked !== undefined) {
    const event = body.length === 0 ? {} : JSON.parse(body.toString());
    const parameters = { functionName: decodeURIComponent(invoked), event };
    return { service: "lambda", operation: "Invoke", parameters };
  }
  const [, name] = configurationPath.exec(url) ?? [];
  if (method !== "PUT" || name === undefined)
    throw new ServiceError("UnknownOperationException", "This Lambda operation is not supported locally");
  const parameters = decodeURIComponent(name);
  return { service: "lambda", operation: "UpdateFunctionConfiguration", parameters };
};

const suppressionPath = /^\/v2\/email\/suppression\/addresses(?:\/([^/]+))?$/;

/** SES v2 has the same signing name as v1, and paths instead of forms. */
const parseSesV2Call = ({ method, url = "" }: IncomingMessage, body: Buffer): Call => {
  const [path, address] = suppressionPath.exec(url) ?? [];
  if (method === "PUT" && path !== undefined && address === undefined) {
    const parameters = JSON.parse(body.toString());
    return { service: "ses", operation: "PutSuppressedDestination", parameters };
  }
  if (method !== "DELETE" || address === undefined)
    throw new ServiceError("UnknownOperationException", "This SES operation is not supported locally");
  const parameters = { EmailAddress: decodeURIComponent(address) };
  return { service: "ses", operation: "DeleteSuppressedDestination", parameters };
};

const parseCall = (service: string, target: string | undefined, body: Buffer): Call => {
  if (target !== undefined) {
    const operation = target.slice(target.lastIndexOf(".") + 1);
    return { service, operation, parameters: JSON.parse(body.toString()) };
  }
  const form = new URLSearchParams(body.toString());
  return { service, operation: form.get("Action") ?? "Unknown", parameters: form };
};

/** DynamoDB's endpoints say this to anyone. Functions open their first connection with it. */
const health: Answer = {
  status: 200,
  headers: { "content-type": "text/plain" },
  body: `healthy: dynamodb.${region}.amazonaws.com `,
};

/** Listens before the backends exist, because queue URLs in the templates contain its address. */
export const startAwsEndpoint = async () => {
  const { identify, perform, disconnect, ...path } = createCallPath();

  const answer = async (
    request: IncomingMessage,
    response: ServerResponse,
    { accessKeyId, service }: ReturnType<typeof readAuthorization>,
    requestId: string,
  ): Promise<Answer | undefined> => {
    const { method, url, headers } = request;
    if (!namesThisMachine(headers.host, port))
      throw new ServiceError("AccessDeniedException", "The host name is not this machine's.", {
        status: 403,
      });
    if (method === "GET" && url === "/ping") return health;
    const principal = identify(accessKeyId);
    const body = await readBody(request);
    const target = headers["x-amz-target"]?.toString();
    const call = isSesV2(request)
      ? parseSesV2Call(request, body)
      : service === "lambda"
        ? parseLambdaCall(request, body)
        : parseCall(service, target, body);
    // A disconnected poller must not receive a message.
    let signal: AbortSignal | undefined;
    if (call.operation === "ReceiveMessage") {
      const hungUp = new AbortController();
      response.on("close", () => hungUp.abort());
      signal = hungUp.signal;
    }
    const sent = { target, contentType: headers["content-type"] ?? jsonContentType, body };
    return perform(principal, call, sent, requestId, signal);
  };

  const handle = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const authorization = readAuthorization(request.headers.authorization);
    const requestId = randomUUID();
    let result: Answer | undefined;
    try {
      result = await answer(request, response, authorization, requestId);
    } catch (error) {
      const protocol = isSesV2(request) ? "sesv2" : authorization.service;
      result = errorAnswer(protocol, requestId, asServiceError(error));
    }
    if (result === undefined) return void request.socket.destroy();
    response.sendDate = false;
    response.writeHead(result.status, {
      ...result.headers,
      "content-length": Buffer.byteLength(result.body),
    });
    response.end(result.body);
  };

  const server = createServer((request, response) => void handle(request, response));
  server.keepAliveTimeout = 0;
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("the AWS endpoint has no port");
  const { port } = address;

  return {
    ...path,
    url: `http://127.0.0.1:${port}`,
    stop: async () => {
      const closed = once(server, "close");
      server.close();
      server.closeAllConnections();
      disconnect();
      await closed;
    },
  };
};
