import * as z from "zod";
import { ServiceError } from "../aws/service-error.ts";
import type { Ses } from "../mailbox/ses-api.ts";
import { callerIdentity } from "../operators/caller-identity.ts";
import type { CloudWatchLogs } from "../operators/cloudwatch-logs.ts";
import type { MessageMoves } from "../operators/message-moves.ts";
import type { RotateSecret } from "../secrets/secret-rotation.ts";
import { createStreamCalls } from "../streams/stream-calls.ts";
import type { Outcome } from "../lambda/execution-environment.ts";
import type { SecretsManager } from "../secrets/secrets-manager.ts";
import { AwsRequestError, awsTarget, jsonContentType, readAwsAnswer } from "../aws/aws-request.ts";
import { createForwarder, type Answer, type EngineAddress, type Sent } from "../aws/forwarder.ts";
import type { Principal } from "./authorise.ts";
import type { Policies } from "./iam-policy.ts";
import type { Call } from "./required-access.ts";

export type Backends = {
  dynamoDb: EngineAddress;
  sqs: EngineAddress;
  secrets: SecretsManager;
  rotateSecret: RotateSecret;
  ses: Ses;
  putEvents: (parameters: unknown) => unknown;
  logs: CloudWatchLogs;
  messageMoves: MessageMoves;
  replaceExecutionEnvironments: (functionName: string) => void;
  invoke: (functionName: string, event: unknown) => Promise<Outcome>;
  /** Called after each write of a table that may have a stream. */
  onWrite: () => void;
  policies: Policies;
};

const writes = new Set(["PutItem", "UpdateItem", "DeleteItem", "BatchWriteItem", "TransactWriteItems"]);

const invocation = z.object({ functionName: z.string(), event: z.unknown() });

const rotateParameters = z.object({ SecretId: z.string(), ClientRequestToken: z.string().optional() });

const description = z.looseObject({
  Table: z.looseObject({
    GlobalSecondaryIndexes: z.array(z.looseObject({ IndexName: z.string(), ItemCount: z.int() })).default([]),
  }),
});
const scanned = z.object({ Count: z.int(), LastEvaluatedKey: z.unknown().optional() });

/** dynoxide counts no items of indexes, and says 0. */
const withIndexCounts = async (
  TableName: unknown,
  answer: Answer,
  forward: (sent: Sent) => Promise<Answer>,
): Promise<Answer> => {
  if (answer.status !== 200) return answer;
  const described = description.parse(JSON.parse(answer.body.toString()));
  for (const index of described.Table.GlobalSecondaryIndexes) {
    let ExclusiveStartKey: unknown;
    let count = 0;
    do {
      const scan = { TableName, IndexName: index.IndexName, Select: "COUNT", ExclusiveStartKey };
      const body = Buffer.from(JSON.stringify(scan));
      const page = await forward({
        target: awsTarget("dynamodb", "Scan"),
        contentType: jsonContentType,
        body,
      });
      const { Count, LastEvaluatedKey } = scanned.parse(JSON.parse(page.body.toString()));
      count += Count;
      ExclusiveStartKey = LastEvaluatedKey;
    } while (ExclusiveStartKey);
    index.ItemCount = count;
  }
  const { "x-amz-crc32": _, ...headers } = answer.headers;
  return { ...answer, headers, body: JSON.stringify(described) };
};

const inJson = (type: string, requestId: string, result: unknown): Answer => ({
  status: 200,
  headers: { "content-type": type, "x-amzn-requestid": requestId },
  body: JSON.stringify(result),
});

/** Lambda answers 200 even if the function has failed. */
const answerOf = (outcome: Outcome): Answer => ({
  status: 200,
  headers: {
    "content-type": "application/json",
    ...("error" in outcome && { "x-amz-function-error": "Unhandled" }),
  },
  body: JSON.stringify("error" in outcome ? outcome.error : (outcome.payload ?? null)),
});

const readEngineAnswer = (operation: string, status: number, text: string) => {
  try {
    return readAwsAnswer(operation, status, text);
  } catch (error) {
    if (error instanceof AwsRequestError) throw new ServiceError(error.code, error.message, { status });
    throw error;
  }
};

export const connectBackends = (backends: Backends) => {
  const { secrets, rotateSecret, ses, logs, messageMoves, invoke, onWrite } = backends;
  const dynamoDb = createForwarder("dynamodb", backends.dynamoDb);
  const sqs = createForwarder("sqs", backends.sqs);
  const streams = createStreamCalls(async (service, operation, parameters) => {
    const target = awsTarget(service, operation);
    const body = Buffer.from(JSON.stringify(parameters));
    const { status, body: answer } = await dynamoDb.forward({ target, contentType: jsonContentType, body });
    return readEngineAnswer(operation, status, answer.toString());
  });

  const invokeWith = (parameters: unknown) => {
    const { functionName, event } = invocation.parse(parameters);
    return invoke(functionName, event);
  };

  const callSecrets = async (operation: string, parameters: unknown): Promise<unknown> => {
    if (operation !== "RotateSecret") return secrets.call(operation, parameters);
    const { SecretId, ClientRequestToken } = rotateParameters.parse(parameters);
    return rotateSecret(secrets.arnOf(SecretId) ?? SecretId, ClientRequestToken);
  };

  const serve = async (
    caller: Principal,
    { service, operation, parameters }: Call,
    sent: Sent,
    requestId: string,
    signal?: AbortSignal,
  ): Promise<Answer> => {
    if (service === "dynamodb") {
      if (streams.isStreamCall(operation))
        return inJson("application/x-amz-json-1.0", requestId, await streams.call(operation, parameters));
      const answer = await dynamoDb.forward(sent, signal);
      if (writes.has(operation)) onWrite();
      if (operation !== "DescribeTable") return answer;
      const { TableName } = z.object({ TableName: z.string() }).parse(parameters);
      return withIndexCounts(TableName, answer, dynamoDb.forward);
    }
    if (service === "sqs" && messageMoves.isOne(operation))
      return inJson(jsonContentType, requestId, await messageMoves.call(operation, parameters));
    if (service === "sqs") return sqs.forward(sent, signal);
    if (service === "sts") return callerIdentity(operation, caller, requestId);
    if (service === "ses")
      return parameters instanceof URLSearchParams
        ? ses.send(parameters, requestId)
        : ses.changeSuppression(operation, parameters, requestId);
    if (service === "lambda") {
      if (operation === "Invoke") return answerOf(await invokeWith(parameters));
      backends.replaceExecutionEnvironments(String(parameters));
      return { status: 200, headers: { "content-type": "application/json" }, body: "{}" };
    }
    if (service === "events" && operation === "PutEvents")
      return inJson("application/x-amz-json-1.1", requestId, backends.putEvents(parameters));
    if (service !== "secretsmanager" && service !== "logs")
      throw new ServiceError("UnknownOperationException", `The service ${service} is not supported locally`);
    const result =
      service === "logs" ? logs.call(operation, parameters) : await callSecrets(operation, parameters);
    return inJson("application/x-amz-json-1.1", requestId, result);
  };

  return {
    serve,
    close: () => {
      dynamoDb.close();
      sqs.close();
    },
  };
};
