/** Where the deployed API and its letters are: the host name that LocalStack prints does not resolve everywhere, its path does. */
import { readFileSync } from "node:fs";
import * as z from "zod";
import { UserError } from "../local/user-error.ts";
import { outputsFile, stage, type LocalStack } from "./localstack.ts";

const stackName = `lit-auth-${stage}-stateless`;
const outputsSchema = z.object({ [stackName]: z.object({ ApiUrl: z.url() }) });

const readOutputs = (): unknown => {
  try {
    return JSON.parse(readFileSync(outputsFile, "utf8"));
  } catch (error) {
    throw new UserError("Nothing is deployed yet: npm run localstack:deploy", { cause: error });
  }
};

export const addressesOf = ({ endpoint }: LocalStack): { api: string; mailbox: string } => {
  const outputs = outputsSchema.parse(readOutputs());
  const [apiId] = new URL(outputs[stackName].ApiUrl).hostname.split(".");
  return { api: `${endpoint}/_aws/execute-api/${apiId}/${stage}`, mailbox: `${endpoint}/_aws/ses` };
};
