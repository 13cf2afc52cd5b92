/** One call of an AWS JSON protocol, for the runner's own set-up: the emulators check no signature. */
import { accessKeyIdOf, region } from "./names.ts";

export const credentialScope = (caller: string, service: string): string =>
  `AWS4-HMAC-SHA256 Credential=${accessKeyIdOf(caller)}/20260101/${region}/${service}/aws4_request, SignedHeaders=host, Signature=local`;

export class AwsRequestError extends Error {
  readonly code: string;

  constructor(code: string, message: string) {
    super(`${code}: ${message}`);
    this.name = "AwsRequestError";
    this.code = code;
  }
}

export const awsRequest = async (
  url: string,
  { service, target, caller = "Runner" }: { service: "dynamodb" | "sqs"; target: string; caller?: string },
  parameters: Record<string, unknown>,
  signal?: AbortSignal,
): Promise<Record<string, unknown>> => {
  const response = await fetch(url, {
    method: "POST",
    headers: {
      "content-type": "application/x-amz-json-1.0",
      "x-amz-target": `${service === "sqs" ? "AmazonSQS" : "DynamoDB_20120810"}.${target}`,
      authorization: credentialScope(caller, service),
      // Asked for, but not checked.
      "x-amz-date": "20260101T000000Z",
    },
    body: JSON.stringify(parameters),
    signal: signal ?? null,
  });
  const text = await response.text();
  const answer: unknown = text === "" ? {} : JSON.parse(text);
  if (typeof answer !== "object" || answer === null) throw new AwsRequestError(target, text);
  const fields: Record<string, unknown> = { ...answer };
  if (!response.ok) {
    const code = String(fields["__type"]).replace(/^.*#/, "");
    throw new AwsRequestError(
      code,
      JSON.stringify(fields["message"] ?? fields["Message"] ?? response.status),
    );
  }
  return fields;
};
