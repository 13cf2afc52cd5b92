// Child programs get only this environment and folder, so that no `.env`, profile, credential or
// `AWS_*` variable of the developer reaches them.
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { root } from "../run-script.ts";
import { generousLimits } from "../generous-limits.ts";
import { UserError } from "../user-error.ts";
import { localStackApiId } from "../naming.ts";
import { localStackEndpoint } from "../settings/settings.ts";

const containerEndpoint = "http://127.0.0.1:4566";

export const region = "us-east-1";
export const stage = "local";
export const sender = "no-reply@example.com";
export const directory = join(root, "build/localstack");

/** `own` means that the user runs LocalStack, so these scripts neither start nor stop it. */
export type LocalStack = { endpoint: string; own: boolean };

export const findLocalStack = (): LocalStack => {
  const given = localStackEndpoint();
  const { origin, hostname } = new URL(given ?? containerEndpoint);
  if (!["127.0.0.1", "localhost", "[::1]"].includes(hostname))
    throw new UserError(
      `LOCALSTACK_ENDPOINT is ${origin}, which is not on this machine. Use an address on localhost.`,
    );
  return { endpoint: origin, own: given !== undefined };
};

export const addressesOf = ({ endpoint }: Pick<LocalStack, "endpoint">) => ({
  api: `${endpoint}/_aws/execute-api/${localStackApiId}/${stage}`,
  mailbox: `${endpoint}/_aws/ses`,
});

export const environmentFor = ({ endpoint }: LocalStack): Record<string, string> => {
  const home = join(directory, "home");
  mkdirSync(home, { recursive: true });
  return {
    PATH: `${join(root, "node_modules/.bin")}:/usr/local/bin:/usr/bin:/bin`,
    HOME: home,
    AWS_ENDPOINT_URL: endpoint,
    AWS_ENDPOINT_URL_S3: endpoint,
    CDK_DISABLE_CLI_TELEMETRY: "true",
    CDK_DISABLE_VERSION_CHECK: "true",
    STAGE: stage,
    MAIL_FROM: sender,
    ALARM_EMAIL: sender,
    // The default, API Gateway's own address, does not resolve.
    PUBLIC_URL: addressesOf({ endpoint }).api,
    MX_RESOLVER: "off",
    ...generousLimits,
  };
};
