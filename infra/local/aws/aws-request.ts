// Calls an AWS JSON protocol with a fake signature, because the emulators check none.
import { authorizationHeader, uncheckedDate } from "./access-keys.ts";

export class AwsRequestError extends Error {
  readonly code: string;

  constructor(code: string, message: string) {
    super(`${code}: ${JSON.stringify(message)}`);
    this.name = "AwsRequestError";
    this.code = code;
  }
}

export type JsonService = "dynamodb" | "dynamodbstreams" | "sqs";
const targetPrefixes = {
  dynamodb: "DynamoDB_20120810",
  dynamodbstreams: "DynamoDBStreams_20120810",
  sqs: "AmazonSQS",
};
/** Under which name a service signs, and IAM knows its actions. */
export const signingNames = { dynamodb: "dynamodb", dynamodbstreams: "dynamodb", sqs: "sqs" };

export const jsonContentType = "application/x-amz-json-1.0";
export const awsTarget = (service: JsonService, operation: string): string =>
  `${targetPrefixes[service]}.${operation}`;

export const readAwsAnswer = (operation: string, status: number, text: string): Record<string, unknown> => {
  const answer: unknown = text === "" ? {} : JSON.parse(text);
  if (typeof answer !== "object" || answer === null) throw new AwsRequestError(operation, text);
  const fields: Record<string, unknown> = { ...answer };
  if (status === 200) return fields;
  const code = String(fields["__type"]).replace(/^.*#/, "");
  const message = fields["message"] ?? fields["Message"];
  throw new AwsRequestError(code, typeof message === "string" ? message : text);
};

export const awsRequest = async (
  url: string,
  { service, operation, accessKeyId }: { service: JsonService; operation: string; accessKeyId: string },
  parameters: Record<string, unknown>,
): Promise<Record<string, unknown>> => {
  const headers = {
    "content-type": jsonContentType,
    "x-amz-target": awsTarget(service, operation),
    authorization: authorizationHeader(accessKeyId, signingNames[service]),
    "x-amz-date": uncheckedDate,
  };
  const answer = await fetch(url, { method: "POST", headers, body: JSON.stringify(parameters) });
  return readAwsAnswer(operation, answer.status, await answer.text());
};
