// The events that Lambda functions get in this bench, made by the local runner's own code.
import { randomUUID } from "node:crypto";
import { proxyEvent } from "../../../../infra/local/gateway/proxy-event.ts";
import { toRecord } from "../../../../infra/local/lambda/queue-event.ts";
import type { Operation } from "../../../../shared/contract/operation.ts";
import type { Input } from "../load/client.ts";

/** The event that the gateway would make of a call. */
export const eventOf = (
  { method, path, keepsStaffCookie }: Pick<Operation, "method" | "path" | "keepsStaffCookie">,
  { body, token, deviceToken, cookie, id = "", sessionId = "" }: Input,
  host: string,
) => {
  const rawHeaders = [
    ["Host", host],
    ["User-Agent", "bench"],
    ["Content-Type", "application/json"],
    ...(token === undefined ? [] : [["Authorization", `Bearer ${token}`]]),
    ...(deviceToken === undefined ? [] : [["X-Device-Token", deviceToken]]),
    ...(keepsStaffCookie ? [["Origin", `http://${host}`]] : []),
    ...(cookie === undefined ? [] : [["Cookie", cookie]]),
  ].flat();
  return proxyEvent(
    {
      requestId: randomUUID(),
      method,
      path: path.replace("{id}", id).replace("{session_id}", sessionId),
      query: new URLSearchParams(),
      rawHeaders,
      headers: { host, "user-agent": "bench" },
      sourceIp: "127.0.0.1",
      receivedAt: Date.now(),
      body: Buffer.from(body === undefined ? "" : JSON.stringify(body)),
    },
    {
      resource: path,
      resourceId: "bench",
      pathParameters: path.includes("{") ? { id, session_id: sessionId } : null,
    },
    { apiId: "bench", stage: "test" },
    false,
  );
};

export const queueEvent = (body: string) => {
  const now = String(Date.now());
  const message = {
    MessageId: randomUUID(),
    ReceiptHandle: "bench",
    Body: body,
    MD5OfBody: "",
    Attributes: {
      ApproximateReceiveCount: "1",
      SentTimestamp: now,
      SenderId: "bench",
      ApproximateFirstReceiveTimestamp: now,
    },
    MessageAttributes: {},
  };
  return { Records: [toRecord(message, "arn:aws:sqs:us-east-1:000000000000:bench")] };
};
