// Sends the requests of AWS SDK clients. The SDK's own handler streams bodies, follows settings and
// sets four timers for each request, which takes as long as sending it.
import { Agent, request as overHttp, type ClientRequest, type IncomingMessage } from "node:http";
import { Agent as TlsAgent, request as overTls } from "node:https";
import type { HttpRequest, HttpResponse } from "@smithy/types";
import { isLambda } from "./environment.ts";
import { lazy } from "./lazy.ts";

const connectionMilliseconds = 1_500;
/** All attempts, and the waits between them, fit into the time of a function. */
export const attemptMilliseconds = 2_200;
export const patientAttemptMilliseconds = 6_000;
/** For a command on a slow line. */
const commandMilliseconds = 60_000;

/** The SDK retries errors of this name. */
class TimeoutError extends Error {
  override name = "TimeoutError";
}

const plainAgent = lazy(() => new Agent({ keepAlive: true }));
const tlsAgent = lazy(() => new TlsAgent({ keepAlive: true }));

const open = ({ protocol, hostname, port, method, path, headers }: HttpRequest): ClientRequest => {
  // A URL writes an IPv6 address in brackets, and the resolver knows it without them.
  const host = hostname.replace(/^\[(.+)\]$/, "$1");
  const options = { host, port, method, path, headers };
  return protocol === "https:"
    ? overTls({ ...options, agent: tlsAgent() })
    : overHttp({ ...options, agent: plainAgent() });
};

const giveUpConnecting = (request: ClientRequest): void => {
  request.destroy(new TimeoutError(`no connection within ${connectionMilliseconds} ms`));
};

/** Without hints on which the SDK would wait for seconds. */
const headersOf = ({ headers }: IncomingMessage): Record<string, string> =>
  Object.fromEntries(
    Object.entries(headers)
      .filter(([name]) => !/^(?:x-amz-)?retry-after$/.test(name))
      .map(([name, value]) => [name, String(value)]),
  );

/** Collects the body, so that nothing has to read a stream. */
const exchange = (request: HttpRequest, longest = attemptMilliseconds): Promise<{ response: HttpResponse }> =>
  new Promise((resolve, reject) => {
    const outgoing = open(request);
    const giveUp = () => outgoing.destroy(new TimeoutError(`no answer within ${longest} ms`));
    // Bytes that keep coming postpone the first one for ever, but not the second one.
    outgoing.setTimeout(longest, giveUp);
    const patience = setTimeout(giveUp, isLambda() ? longest : commandMilliseconds);
    outgoing.on("close", () => clearTimeout(patience));
    outgoing.on("error", reject);
    outgoing.on("socket", (socket) => {
      if (!socket.connecting) return;
      const connecting = setTimeout(giveUpConnecting, connectionMilliseconds, outgoing);
      const connected = request.protocol === "https:" ? "secureConnect" : "connect";
      for (const event of [connected, "close"]) socket.once(event, () => clearTimeout(connecting));
    });
    outgoing.on("response", (incoming) => {
      const chunks: Buffer[] = [];
      incoming.on("data", (chunk: Buffer) => chunks.push(chunk));
      incoming.on("error", reject);
      incoming.on("end", () => {
        const { statusCode = 0 } = incoming;
        resolve({ response: { statusCode, headers: headersOf(incoming), body: Buffer.concat(chunks) } });
      });
    });
    outgoing.end(request.body);
  });

export const requestHandler = { handle: (request: HttpRequest) => exchange(request) };

/** For services that repeat the effect of a retried call, as SES sends a second letter. */
export const patientHandler = {
  handle: (request: HttpRequest) => exchange(request, patientAttemptMilliseconds),
};

/**
 * Opens a connection and keeps it: the request is not sent, but the service is asked whether it is
 * healthy, which needs no rights and is not logged.
 */
export const pingingHandler = {
  handle: async ({ headers, ...request }: HttpRequest): Promise<{ response: HttpResponse }> => {
    const { host = request.hostname } = headers;
    await exchange({ ...request, method: "GET", path: "/ping", headers: { host }, body: undefined });
    return { response: { statusCode: 200, headers: {}, body: "{}" } };
  },
};

const passingNames = new RegExp(
  [
    "Throttl",
    "^(?:StoreBusy|Timeout|RequestTimeout|ServiceUnavailable|SlowDown|TooManyRequests|OverLimit)",
    "^Internal(?:Error|Failure|Server|Service)",
    "^(?:LimitExceeded|RequestLimitExceeded|ProvisionedThroughputExceeded|ReplicatedWriteConflict)",
    "^Transaction(?:Conflict|InProgress)",
  ].join("|"),
);
const passingCodes = new Set([
  "EAI_AGAIN",
  "ECONNREFUSED",
  "ECONNRESET",
  "EHOSTUNREACH",
  "ENETUNREACH",
  "ENOTFOUND",
  "EPIPE",
  "ETIMEDOUT",
]);

type Fault = Error & { $metadata?: { httpStatusCode?: number }; code?: unknown };

/** A later call may succeed. Whether this one has written anything is unknown. */
export const isPassingFault = (error: unknown): boolean => {
  if (!(error instanceof Error)) return false;
  const { $metadata: { httpStatusCode = 0 } = {}, code }: Fault = error;
  return (
    passingNames.test(error.name) ||
    passingCodes.has(String(code)) ||
    httpStatusCode === 429 ||
    httpStatusCode >= 500 ||
    isPassingFault(error.cause)
  );
};
