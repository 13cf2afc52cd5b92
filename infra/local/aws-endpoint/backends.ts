import * as z from "zod";
import { ServiceError } from "../aws/service-error.ts";
import type { Ses } from "../mailbox/ses-api.ts";
import type { RotateSecret } from "../secrets/secret-rotation.ts";
import type { SecretsManager } from "../secrets/secrets-manager.ts";
import { createForwarder, type Answer, type EngineAddress, type Sent } from "../aws/forwarder.ts";
import type { Policies } from "./iam-policy.ts";
import type { Call } from "./required-access.ts";

export type Backends = {
  dynamoDb: EngineAddress;
  sqs: EngineAddress;
  secrets: SecretsManager;
  rotateSecret: RotateSecret;
  ses: Ses;
  replaceExecutionEnvironments: (functionName: string) => void;
  policies: Policies;
};

const rotateParameters = z.object({ SecretId: z.string(), ClientRequestToken: z.string().optional() });

export const connectBackends = (backends: Backends) => {
  const { secrets, rotateSecret, ses, replaceExecutionEnvironments } = backends;
  const dynamoDb = createForwarder("dynamodb", backends.dynamoDb);
  const sqs = createForwarder("sqs", backends.sqs);

  const callSecrets = async (operation: string, parameters: unknown): Promise<unknown> => {
    if (operation !== "RotateSecret") return secrets.call(operation, parameters);
    const { SecretId, ClientRequestToken } = rotateParameters.parse(parameters);
    return rotateSecret(secrets.arnOf(SecretId) ?? SecretId, ClientRequestToken);
  };

  const serve = async (call: Call, sent: Sent, requestId: string, signal?: AbortSignal): Promise<Answer> => {
    const { service, operation, parameters } = call;
    if (service === "dynamodb") return dynamoDb.forward(sent, signal);
    if (service === "sqs") return sqs.forward(sent, signal);
    if (service === "ses")
      return parameters instanceof URLSearchParams
        ? ses.send(parameters, requestId)
        : ses.changeSuppression(operation, parameters, requestId);
    if (service === "lambda") {
      replaceExecutionEnvironments(String(parameters));
      return { status: 200, headers: { "content-type": "application/json" }, body: "{}" };
    }
    if (service !== "secretsmanager")
      throw new ServiceError("UnknownOperationException", `The service ${service} is not supported locally`);
    return {
      status: 200,
      headers: { "content-type": "application/x-amz-json-1.1", "x-amzn-requestid": requestId },
      body: JSON.stringify(await callSecrets(operation, parameters)),
    };
  };

  return {
    serve,
    close: () => {
      dynamoDb.close();
      sqs.close();
    },
  };
};
