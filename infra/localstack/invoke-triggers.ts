// The free edition of LocalStack ignores custom resources. Triggered functions are idempotent, so
// an edition that also runs them does no harm.
import {
  CloudFormationClient,
  DescribeStackResourceCommand,
  GetTemplateCommand,
} from "@aws-sdk/client-cloudformation";
import { InvokeCommand, LambdaClient } from "@aws-sdk/client-lambda";
import * as z from "zod";
import { clientOptions } from "./client-options.ts";
import type { LocalStack } from "./localstack.ts";

const templateSchema = z.object({ Resources: z.record(z.string(), z.looseObject({ Type: z.string() })) });
const triggerSchema = z.object({ Properties: z.object({ HandlerArn: z.object({ Ref: z.string() }) }) });

export const runTriggers = async (localStack: LocalStack, StackName: string): Promise<void> => {
  const stacks = new CloudFormationClient(clientOptions(localStack));
  const functions = new LambdaClient(clientOptions(localStack));
  const { TemplateBody = "{}" } = await stacks.send(new GetTemplateCommand({ StackName }));
  const { Resources } = templateSchema.parse(JSON.parse(TemplateBody));
  for (const resource of Object.values(Resources).filter(({ Type }) => Type === "Custom::Trigger")) {
    const LogicalResourceId = triggerSchema.parse(resource).Properties.HandlerArn.Ref;
    const { StackResourceDetail } = await stacks.send(
      new DescribeStackResourceCommand({ StackName, LogicalResourceId }),
    );
    const FunctionName = StackResourceDetail?.PhysicalResourceId;
    const { FunctionError, Payload } = await functions.send(new InvokeCommand({ FunctionName }));
    if (FunctionError !== undefined)
      throw new Error(`The deployment trigger ${LogicalResourceId} failed: ${Payload?.transformToString()}`);
  }
};
