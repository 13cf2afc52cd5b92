// Commands use the shared stores, so this file sets the environment variables that functions have:
// for the running local stack, or for a stage with the operator's own AWS credentials.
import path from "node:path";
import {
  CloudFormationClient,
  DescribeStacksCommand,
  paginateListStackResources,
} from "@aws-sdk/client-cloudformation";
import { noRegion } from "../infra/user-error.ts";
import type { VariableName } from "../shared/platform/environment.ts";
import { awsVariables, findRunningStack } from "./running-stack.ts";

export type Target = {
  name: string;
  functionNames: string[];
  /** Of the stateful stack, and of the functions for users. */
  outputs: Readonly<Record<string, string>>;
};

/** Maps outputs of the stateful stack to the variables of functions. */
const variableOf: Record<string, VariableName> = {
  UsersTable: "USERS_TABLE",
  SessionsTable: "SESSIONS_TABLE",
  LimitsTable: "LIMITS_TABLE",
  HistoryTable: "HISTORY_TABLE",
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

const useLocal = (dataDirectory: string): Target => {
  const stack = findRunningStack(dataDirectory);
  const { functionNames } = stack;
  Object.assign(process.env, awsVariables(stack));
  delete process.env["AWS_PROFILE"];
  const outputs = Object.fromEntries(
    Object.entries(stack.outputs).map(([name, value]) => [name.replace(/^.*\./, ""), value]),
  );
  setVariables(outputs);
  return { name: "the local stack", functionNames, outputs };
};

const explained = (stage: string) => (error: unknown) => {
  const reason = error instanceof Error ? error.message : String(error);
  if (reason.includes("Region is missing")) throw new Error(noRegion);
  if (reason.includes("does not exist"))
    throw new Error(`No stage ${stage} is deployed in this account and region. ${reason}.`);
  throw error;
};

const useStage = async (stage: string): Promise<Target> => {
  const client = new CloudFormationClient({});
  const outputsOf = async (stack: string): Promise<Record<string, string>> => {
    const StackName = `lit-auth-${stage}-${stack}`;
    const { Stacks = [] } = await client
      .send(new DescribeStacksCommand({ StackName }))
      .catch(explained(stage));
    return Object.fromEntries(
      (Stacks[0]?.Outputs ?? []).map(({ OutputKey = "", OutputValue = "" }) => [OutputKey, OutputValue]),
    );
  };
  const stateful = await outputsOf("stateful");
  setVariables(stateful);
  const outputs = { ...stateful, ...(await outputsOf("user-functions")) };
  const functionNames: string[] = [];
  for (const stack of ["user-functions", "staff-functions"]) {
    const resources = paginateListStackResources({ client }, { StackName: `lit-auth-${stage}-${stack}` });
    for await (const { StackResourceSummaries = [] } of resources)
      for (const { ResourceType, PhysicalResourceId } of StackResourceSummaries)
        if (ResourceType === "AWS::Lambda::Function" && PhysicalResourceId)
          functionNames.push(PhysicalResourceId);
  }
  return { name: `stage ${stage}`, functionNames, outputs };
};

export const outputOf = ({ name, outputs }: Pick<Target, "name" | "outputs">, output: string): string => {
  const value = outputs[output];
  if (value === undefined) throw new Error(`${name} has no output ${output}. Deploy this version first.`);
  return value;
};

export const useTarget = (
  stage: string | undefined,
  dataDirectory = path.resolve(".local"),
): Target | Promise<Target> => (stage === undefined ? useLocal(dataDirectory) : useStage(stage));
