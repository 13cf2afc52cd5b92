import { CloudFormationClient, DescribeStacksCommand } from "@aws-sdk/client-cloudformation";
import {
  ConfigurationSetAlreadyExistsException,
  CreateConfigurationSetCommand,
  SESClient,
  VerifyEmailIdentityCommand,
} from "@aws-sdk/client-ses";
import { join } from "node:path";
import { readCommandLine } from "../command-line/command-line.ts";
import { root, run, runScript } from "../run-script.ts";
import { clientOptions } from "./client-options.ts";
import {
  addressesOf,
  directory,
  environmentFor,
  findLocalStack,
  region,
  sender,
  stage,
  type LocalStack,
} from "./localstack.ts";
import { runTriggers } from "./invoke-triggers.ts";
import { configurationSetName } from "../naming.ts";

const account = "000000000000";

const isBootstrapped = async (localStack: LocalStack): Promise<boolean> => {
  const client = new CloudFormationClient(clientOptions(localStack));
  return client.send(new DescribeStacksCommand({ StackName: "CDKToolkit" })).then(
    () => true,
    () => false,
  );
};

export const deploy = async (localStack: LocalStack): Promise<void> => {
  const environment = environmentFor(localStack);
  const cdk = (...parameters: string[]) =>
    run("cdklocal", [...parameters, "--no-notices"], { directory, environment });
  if (!(await isBootstrapped(localStack))) await cdk("bootstrap", `aws://${account}/${region}`);
  // CDK passes this command to a shell, so the path needs quotes.
  const app = `node ${JSON.stringify(join(root, "infra/app.ts"))}`;
  await cdk("deploy", "--all", "--app", app, "--context", "localstack=true", "--require-approval", "never");
  await runTriggers(localStack, `lit-auth-${stage}-user-functions`);
  // LocalStack can't create these by templates. Its SES reports no bounces, so there are no rules.
  const mail = new SESClient(clientOptions(localStack));
  await mail.send(new VerifyEmailIdentityCommand({ EmailAddress: sender }));
  const ConfigurationSet = { Name: configurationSetName(stage) };
  await mail.send(new CreateConfigurationSetCommand({ ConfigurationSet })).catch((error: unknown) => {
    if (!(error instanceof ConfigurationSetAlreadyExistsException)) throw error;
  });
};

if (import.meta.main)
  await runScript(async () => {
    readCommandLine("localstack:deploy");
    const localStack = findLocalStack();
    await deploy(localStack);
    const { api, mailbox } = addressesOf(localStack);
    console.log(
      `\n  API      ${api}/api/v1/auth/\n  Docs     ${api}/swagger/\n  Admin    ${api}/admin/\n  Mailbox  ${mailbox}\n`,
    );
  });
