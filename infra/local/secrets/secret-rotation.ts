import { randomUUID } from "node:crypto";
import * as z from "zod";
import type { Outcome } from "../lambda/execution-environment.ts";
import { ServiceError } from "../aws/service-error.ts";
import type { Templates } from "../cloudformation/templates.ts";

const scheduleSchema = z.object({ SecretId: z.string(), RotationLambdaARN: z.string() });
const steps = ["createSecret", "setSecret", "testSecret", "finishSecret"] as const;

/** Secrets rotate only on demand here. Unlike on AWS, the answer comes after the steps have run. */
export const createSecretRotation = (
  templates: Templates,
  invoke: (functionArn: string, event: unknown) => Promise<Outcome>,
) => {
  const functionOf = new Map(
    templates.ofType("AWS::SecretsManager::RotationSchedule").map((schedule) => {
      const { SecretId, RotationLambdaARN } = scheduleSchema.parse(schedule.properties());
      return [SecretId, RotationLambdaARN];
    }),
  );

  return async (
    secretArn: string,
    clientRequestToken: string = randomUUID(),
  ): Promise<{ VersionId: string }> => {
    const functionArn = functionOf.get(secretArn);
    if (functionArn === undefined)
      throw new ServiceError("InvalidRequestException", "The secret has no rotation schedule.");
    for (const Step of steps) {
      const event = { SecretId: secretArn, ClientRequestToken: clientRequestToken, Step };
      const outcome = await invoke(functionArn, event);
      if ("error" in outcome)
        throw new ServiceError("InvalidRequestException", `${Step} failed: ${outcome.error.errorMessage}`);
    }
    return { VersionId: clientRequestToken };
  };
};

export type RotateSecret = ReturnType<typeof createSecretRotation>;
