// Operators have no right to put events on the bus. They ask the one function that has it.
import { InvokeCommand, LambdaClient, UpdateFunctionConfigurationCommand } from "@aws-sdk/client-lambda";
import {
  operatorAnswer,
  type OperatorAnswer,
  type OperatorRequest,
} from "../../shared/publishing/operator-requests.ts";
import type { Target } from "../target.ts";

const functionOf = ({ name, functionNames }: Target, ending: string): string => {
  const found = functionNames.find((one) => one.endsWith(`-${ending}`));
  if (found === undefined) throw new Error(`There is no function ${ending} in ${name}. Deploy it first.`);
  return found;
};

export const askEvents = async (target: Target, request: OperatorRequest): Promise<OperatorAnswer> => {
  const { FunctionError, Payload } = await new LambdaClient({}).send(
    new InvokeCommand({
      FunctionName: functionOf(target, "events"),
      Payload: Buffer.from(JSON.stringify(request)),
    }),
  );
  const text = Buffer.from(Payload ?? []).toString();
  if (FunctionError !== undefined) throw new Error(`The function for events failed. Its log says why.`);
  return operatorAnswer.parse(JSON.parse(text));
};

/** A changed configuration makes Lambda start anew what still knows the old secret. */
export const renewSender = async (target: Target, when: string): Promise<"renewed" | "not renewed"> => {
  try {
    await new LambdaClient({}).send(
      new UpdateFunctionConfigurationCommand({
        FunctionName: functionOf(target, "send-webhook"),
        Description: `LIT Auth sendWebhook, secret changed ${when}`,
      }),
    );
    return "renewed";
  } catch {
    return "not renewed";
  }
};
