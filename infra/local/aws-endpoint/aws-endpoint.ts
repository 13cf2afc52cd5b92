// Identifies principals by access key id, checks their policies and calls the emulators.
import { once } from "node:events";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import { randomUUID } from "node:crypto";
import * as z from "zod";
import { authorise, type Principal } from "./authorise.ts";
import { createCallCounter } from "./call-counter.ts";
import { createUnitCounter } from "./capacity-units.ts";
import { createFaults } from "./faults.ts";
import { createForwarder, type EngineAddress } from "./forwarder.ts";
import { lambdaOperation } from "./lambda-api.ts";
import { createPrincipals } from "./principals.ts";
import { namesThisMachine } from "../aws/foreign-requests.ts";
import type { Mailbox } from "../mailbox/mailbox-files.ts";
import type { Policies } from "./iam-policy.ts";
import type { Call } from "./required-access.ts";
import type { RotateSecret } from "../secrets/secret-rotation.ts";
import type { SecretsManager } from "../secrets/secrets-manager.ts";
import { asServiceError, errorAnswer, ServiceError } from "../aws/service-error.ts";
import { sendEmail } from "../mailbox/ses-api.ts";

type Backends = {
  dynamoDb: EngineAddress;
  sqs: EngineAddress;
  secrets: SecretsManager;
  rotateSecret: RotateSecret;
  mailbox: Mailbox;
  replaceExecutionEnvironments: (functionName: string) => void;
  policies: Policies;
};
type Answer = { status: number; headers: Record<string, string>; body: string | Buffer };

const readBody = (request: IncomingMessage): Promise<Buffer> =>
  new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    request.on("data", (chunk: Buffer) => chunks.push(chunk));
    request.on("end", () => resolve(chunks.length === 1 && chunks[0] ? chunks[0] : Buffer.concat(chunks)));
    request.on("error", reject);
  });

const parseCall = (
  service: string,
  { method = "", url = "", headers }: IncomingMessage,
  body: Buffer,
): Call => {
  if (service === "lambda") {
    const { operation, functionName } = lambdaOperation(method, url);
    return { service, operation, parameters: functionName };
  }
  const target = headers["x-amz-target"];
  if (typeof target === "string") {
    const operation = target.slice(target.lastIndexOf(".") + 1);
    return { service, operation, parameters: JSON.parse(body.toString()) };
  }
  const form = new URLSearchParams(body.toString());
  return { service, operation: form.get("Action") ?? "Unknown", parameters: form };
};

/** Listens before the backends exist, because queue URLs in the templates contain its address. */
export const startAwsEndpoint = async () => {
  const counter = createCallCounter();
  const unitCounter = createUnitCounter();
  const { faults, strike, isQuiet } = createFaults();
  const { admit, accessKeyIdOf, identify } = createPrincipals();
  let backends: Backends | undefined;
  let dynamoDb: ReturnType<typeof createForwarder> | undefined;
  let sqs: ReturnType<typeof createForwarder> | undefined;

  const perform = async (
    principal: string,
    call: Call,
    request: IncomingMessage,
    body: Buffer,
    requestId: string,
    signal?: AbortSignal,
  ): Promise<Answer> => {
    if (backends === undefined)
      throw new ServiceError("ServiceUnavailable", "The stack is still starting", { status: 503 });
    const { service, operation, parameters } = call;
    if (service === "dynamodb" && dynamoDb) {
      const { forward } = dynamoDb;
      return unitCounter.measured(principal, call, body, (sent) =>
        forward(call, request.headers, sent, signal),
      );
    }
    if (service === "sqs" && sqs) return sqs.forward(call, request.headers, body, signal);
    if (service === "ses" && parameters instanceof URLSearchParams) {
      return sendEmail(parameters, backends.mailbox, requestId);
    }
    if (service === "lambda") {
      backends.replaceExecutionEnvironments(String(parameters));
      return { status: 200, headers: { "content-type": "application/json" }, body: "{}" };
    }
    if (service !== "secretsmanager") {
      throw new ServiceError("UnknownOperationException", `The service ${service} is not supported locally`);
    }
    const { secrets, rotateSecret } = backends;
    const result =
      operation === "RotateSecret"
        ? await rotateSecret(...rotationParameters(parameters, secrets))
        : secrets.call(operation, parameters);
    return {
      status: 200,
      headers: { "content-type": "application/x-amz-json-1.1", "x-amzn-requestid": requestId },
      body: JSON.stringify(result),
    };
  };

  const answer = async (
    request: IncomingMessage,
    response: ServerResponse,
    service: string,
    principal: Principal | undefined,
    requestId: string,
  ): Promise<Answer | undefined> => {
    if (!namesThisMachine(request.headers.host, port))
      throw new ServiceError("AccessDeniedException", "The host name is not this machine's.", {
        status: 403,
      });
    if (principal === undefined || backends === undefined) {
      throw new ServiceError(
        "UnrecognizedClientException",
        "The security token included in the request is invalid.",
      );
    }
    const body = await readBody(request);
    const call = parseCall(service, request, body);
    counter.count(principal.name, `${service}:${call.operation}`);
    authorise(call, principal, backends.policies, backends.secrets.arnOf);
    // A disconnected poller must not receive a message.
    let signal: AbortSignal | undefined;
    if (call.operation === "ReceiveMessage") {
      const hungUp = new AbortController();
      response.on("close", () => hungUp.abort());
      signal = hungUp.signal;
    }
    const fate = isQuiet() ? "answer" : await strike({ principal: principal.name, ...call });
    const result = await perform(principal.name, call, request, body, requestId, signal);
    return fate === "answer" ? result : undefined;
  };

  const handle = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const { principal, service } = identify(request.headers.authorization);
    const requestId = randomUUID();
    let result: Answer | undefined;
    try {
      result = await answer(request, response, service, principal, requestId);
    } catch (error) {
      result = errorAnswer(service, requestId, asServiceError(error));
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
    url: `http://127.0.0.1:${port}`,
    ...counter,
    ...unitCounter,
    faults,
    connect: (given: Backends) => {
      backends = given;
      dynamoDb = createForwarder(given.dynamoDb);
      sqs = createForwarder(given.sqs);
    },
    admit,
    accessKeyIdOf,
    stop: async () => {
      const closed = once(server, "close");
      server.close();
      server.closeAllConnections();
      dynamoDb?.close();
      sqs?.close();
      await closed;
    },
  };
};

const rotateParameters = z.object({ SecretId: z.string(), ClientRequestToken: z.string().optional() });

const rotationParameters = (parameters: unknown, secrets: SecretsManager): Parameters<RotateSecret> => {
  const { SecretId, ClientRequestToken } = rotateParameters.parse(parameters);
  return [secrets.arnOf(SecretId) ?? SecretId, ClientRequestToken];
};
