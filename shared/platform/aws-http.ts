// Sends the requests of AWS SDK clients. The SDK's own handler streams bodies, follows settings and
// sets four timers for each request, which takes as long as sending it.
import { Agent, request as overHttp, type ClientRequest, type IncomingMessage } from "node:http";
import { Agent as TlsAgent, request as overTls } from "node:https";
import type { HttpRequest, HttpResponse } from "@smithy/types";
import { lazy } from "./lazy.ts";

const connectionMilliseconds = 1_500;
/** The longest silence. Three attempts fit into the time that a function has. */
const silenceMilliseconds = 2_500;

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

const headersOf = ({ headers }: IncomingMessage): Record<string, string> =>
  Object.fromEntries(Object.entries(headers).map(([name, value]) => [name, String(value)]));

/** Collects the body, so that nothing has to read a stream. */
const exchange = (request: HttpRequest): Promise<{ response: HttpResponse }> =>
  new Promise((resolve, reject) => {
    const outgoing = open(request);
    outgoing.on("error", reject);
    outgoing.setTimeout(silenceMilliseconds, () => {
      outgoing.destroy(new TimeoutError(`no answer within ${silenceMilliseconds} ms`));
    });
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

export const requestHandler = { handle: exchange };

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
