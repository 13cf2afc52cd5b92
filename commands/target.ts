// Commands use the shared stores, so this file sets the environment variables that functions have:
// for the running local stack, or for a stage with the operator's own AWS credentials.
import { readFileSync } from "node:fs";
import path from "node:path";
import {
  CloudFormationClient,
  DescribeStacksCommand,
  paginateListStackResources,
} from "@aws-sdk/client-cloudformation";
import * as z from "zod";
import type { VariableName } from "../shared/platform/environment.ts";

export type Target = { name: string; functionNames: string[] };

/** Maps outputs of the stateful stack to the variables of functions. */
const variableOf: Record<string, VariableName> = {
  UsersTable: "USERS_TABLE",
  SessionsTable: "SESSIONS_TABLE",
  LimitsTable: "LIMITS_TABLE",
  MailQueueUrl: "MAIL_QUEUE_URL",
  NoticeQueueUrl: "NOTICE_QUEUE_URL",
  KeyArn: "PSEUDONYM_SECRET_ID",
  DigestArn: "DIGEST_SECRET_ID",
  SigningKeysArn: "SIGNING_KEYS_ID",
  VerificationKeysArn: "VERIFICATION_KEYS_ID",
  ProductName: "PRODUCT_NAME",
  PwnedPasswordsUrl: "PWNED_PASSWORDS_URL",
};

const setVariables = (outputs: Record<string, string>) => {
  for (const [output, variable] of Object.entries(variableOf)) {
    const value = outputs[output];
    if (value === undefined) throw new Error(`The stage has no output ${output}.`);
    process.env[variable] = value;
  }
};

const runningStack = z.object({
  endpoint: z.object({
    url: z.string(),
    region: z.string(),
    accessKeyId: z.string(),
    secretAccessKey: z.string(),
  }),
  outputs: z.record(z.string(), z.string()),
  functionNames: z.array(z.string()),
});

const useLocal = (dataDirectory: string): Target => {
  const file = path.join(dataDirectory, "stack.json");
  let text: string;
  try {
    text = readFileSync(file, "utf8");
  } catch {
    throw new Error(
      "No local stack is running here. Start one with npm start, or choose a stage with --stage.",
    );
  }
  const { endpoint, outputs, functionNames } = runningStack.parse(JSON.parse(text));
  Object.assign(process.env, {
    AWS_ENDPOINT_URL: endpoint.url,
    AWS_REGION: endpoint.region,
    AWS_ACCESS_KEY_ID: endpoint.accessKeyId,
    AWS_SECRET_ACCESS_KEY: endpoint.secretAccessKey,
  });
  delete process.env["AWS_PROFILE"];
  setVariables(
    Object.fromEntries(Object.entries(outputs).map(([name, value]) => [name.replace(/^.*\./, ""), value])),
  );
  return { name: "the local stack", functionNames };
};

const useStage = async (stage: string): Promise<Target> => {
  const client = new CloudFormationClient({});
  const { Stacks = [] } = await client.send(
    new DescribeStacksCommand({ StackName: `lit-auth-${stage}-stateful` }),
  );
  const outputs = (Stacks[0]?.Outputs ?? []).map(({ OutputKey, OutputValue }) => [OutputKey, OutputValue]);
  setVariables(Object.fromEntries(outputs));
  const functionNames: string[] = [];
  for (const stack of ["user-functions", "staff-functions"]) {
    const resources = paginateListStackResources({ client }, { StackName: `lit-auth-${stage}-${stack}` });
    for await (const { StackResourceSummaries = [] } of resources)
      for (const { ResourceType, PhysicalResourceId } of StackResourceSummaries)
        if (ResourceType === "AWS::Lambda::Function" && PhysicalResourceId)
          functionNames.push(PhysicalResourceId);
  }
  return { name: `stage ${stage}`, functionNames };
};

export const useTarget = (
  stage: string | undefined,
  dataDirectory = path.resolve(".local"),
): Target | Promise<Target> => (stage === undefined ? useLocal(dataDirectory) : useStage(stage));
