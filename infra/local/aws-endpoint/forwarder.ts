import { Agent, type IncomingHttpHeaders, request } from "node:http";
import { authorizationHeader } from "../aws/access-keys.ts";
import type { Call } from "./required-access.ts";

export type EngineAddress = { url: string; accessKeyId: string };
type Forwarded = { status: number; headers: Record<string, string>; body: Buffer };

const passedOn = ["content-type", "x-amzn-requestid", "x-amz-crc32", "x-amzn-query-error"];

export const createForwarder = ({ url, accessKeyId }: EngineAddress) => {
  const agent = new Agent({ keepAlive: true });
  const { hostname, port } = new URL(url);

  const forward = (
    { service }: Call,
    headers: IncomingHttpHeaders,
    body: Buffer,
    signal: AbortSignal | undefined,
  ) =>
    new Promise<Forwarded>((resolve, reject) => {
      const outgoing = request(
        {
          agent,
          hostname,
          port,
          method: "POST",
          path: "/",
          ...(signal === undefined ? {} : { signal }),
          headers: {
            host: `${hostname}:${port}`,
            "content-type": headers["content-type"] ?? "application/x-amz-json-1.0",
            "x-amz-target": headers["x-amz-target"],
            "x-amz-date": headers["x-amz-date"],
            authorization: authorizationHeader(accessKeyId, service),
            "content-length": body.length,
          },
        },
        (incoming) => {
          const chunks: Buffer[] = [];
          incoming.on("data", (chunk: Buffer) => chunks.push(chunk));
          incoming.on("error", reject);
          incoming.on("end", () => {
            const answered: Record<string, string> = {};
            for (const name of passedOn) {
              const value = incoming.headers[name];
              if (typeof value === "string") answered[name] = value;
            }
            resolve({ status: incoming.statusCode ?? 500, headers: answered, body: Buffer.concat(chunks) });
          });
        },
      );
      outgoing.on("error", reject);
      outgoing.end(body);
    });

  return { forward, close: () => agent.destroy() };
};
