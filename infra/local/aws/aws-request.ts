// Calls an AWS JSON protocol with a fake signature, because the emulators check none.
import { request } from "node:http";
import { authorizationHeader } from "./access-keys.ts";

export class AwsRequestError extends Error {
  readonly code: string;

  constructor(code: string, message: string) {
    super(`${code}: ${message}`);
    this.name = "AwsRequestError";
    this.code = code;
  }
}

type Answer = { ok: boolean; text: string };

/** `fetch` would cost several times the CPU in this process, which serves all requests. */
const post = (
  url: string,
  headers: Record<string, string>,
  body: string,
  signal: AbortSignal | undefined,
): Promise<Answer> =>
  new Promise((resolve, reject) => {
    const outgoing = request(url, { method: "POST", headers, ...(signal && { signal }) }, (incoming) => {
      let text = "";
      incoming.setEncoding("utf8");
      incoming.on("data", (chunk: string) => (text += chunk));
      incoming.on("error", reject);
      incoming.on("end", () => resolve({ ok: incoming.statusCode === 200, text }));
    });
    outgoing.on("error", reject);
    outgoing.end(body);
  });

export const awsRequest = async (
  url: string,
  { service, target, accessKeyId }: { service: "dynamodb" | "sqs"; target: string; accessKeyId: string },
  parameters: Record<string, unknown>,
  signal?: AbortSignal,
): Promise<Record<string, unknown>> => {
  const headers = {
    "content-type": "application/x-amz-json-1.0",
    "x-amz-target": `${service === "sqs" ? "AmazonSQS" : "DynamoDB_20120810"}.${target}`,
    authorization: authorizationHeader(accessKeyId, service),
    // The header is required but not checked.
    "x-amz-date": "20260101T000000Z",
  };
  const { ok, text } = await post(url, headers, JSON.stringify(parameters), signal);
  const answer: unknown = text === "" ? {} : JSON.parse(text);
  if (typeof answer !== "object" || answer === null) throw new AwsRequestError(target, text);
  const fields: Record<string, unknown> = { ...answer };
  if (!ok) {
    const code = String(fields["__type"]).replace(/^.*#/, "");
    throw new AwsRequestError(code, JSON.stringify(fields["message"] ?? fields["Message"] ?? text));
  }
  return fields;
};
