import type { Duplex } from "node:stream";
import { connect as connectTo } from "node:net";
import { authorizationHeader, uncheckedDate } from "./access-keys.ts";
import { createEngineClient } from "./engine-client.ts";

export type EngineAddress = {
  url: string;
  accessKeyId: string;
  connect?: () => Duplex;
};
export type Sent = { target: string | undefined; contentType: string; body: Buffer };
export type Answer = { status: number; headers: Record<string, string>; body: string | Buffer };

const passedOn = ["content-type", "x-amzn-requestid", "x-amz-crc32", "x-amzn-query-error"];

export const createForwarder = (
  service: "dynamodb" | "sqs",
  { url, accessKeyId, connect }: EngineAddress,
) => {
  const { host, hostname, port } = new URL(url);
  const client = createEngineClient(
    connect ?? (() => connectTo({ host: hostname, port: Number(port), noDelay: true })),
  );
  const unchanging = [
    "POST / HTTP/1.1",
    `host: ${host}`,
    `authorization: ${authorizationHeader(accessKeyId, service)}`,
    `x-amz-date: ${uncheckedDate}`,
    "content-type: ",
  ].join("\r\n");

  const forward = async ({ target, contentType, body }: Sent, signal?: AbortSignal): Promise<Answer> => {
    const targetLine = target === undefined ? "" : `x-amz-target: ${target}\r\n`;
    const answer = await client.post(`${unchanging}${contentType}\r\n${targetLine}`, body, signal);
    const headers: Record<string, string> = {};
    for (const name of passedOn) {
      const value = answer.headers[name];
      if (value !== undefined) headers[name] = value;
    }
    return { status: answer.status, headers, body: answer.body };
  };

  return { forward, close: client.close };
};
