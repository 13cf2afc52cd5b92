// Checks an AWS account before `npm run deploy`, with the settings that a deployment would read.
import { readCommandLine } from "../../infra/command-line/command-line.ts";
import { loadSettings, type Settings } from "../../infra/settings/settings.ts";
import { noRegion } from "../../infra/user-error.ts";
import { runCommand } from "../run-command.ts";
import { checkBootstrap, checkStacks } from "./account-checks.ts";
import { checkSubscription } from "./alarm-checks.ts";
import { awsAnswers, type AwsAnswers } from "./aws-answers.ts";
import { checkConcurrency } from "./capacity-checks.ts";
import { lineOf, type Finding } from "./finding.ts";
import { checkDomain, checkLogRole } from "./gateway-checks.ts";
import { checkGrants } from "./grant-checks.ts";
import { checkIdentity, checkSending } from "./sending-checks.ts";

const print = (findings: readonly Finding[]): void => {
  for (const finding of findings) console.log(lineOf(finding));
  if (findings.some(({ status }) => status === "problem")) process.exitCode = 1;
};

const credentials = async (aws: AwsAnswers): Promise<{ finding: Finding; account: string; arn: string }> => {
  const subject = "credentials";
  try {
    const region = await aws.region();
    const caller = await aws.caller();
    return { ...caller, finding: { status: "ok", subject, text: `${caller.arn} in ${region}.` } };
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    const text = reason.includes("Region is missing")
      ? noRegion
      : `AWS doesn't accept them (sts:GetCallerIdentity). Sign in again, or set AWS_PROFILE. ${reason}`;
    return { account: "", arn: "", finding: { status: "problem", subject, text } };
  }
};

const examine = async (settings: Settings): Promise<void> => {
  const aws = awsAnswers();
  const { finding, account, arn } = await credentials(aws);
  print([finding]);
  if (finding.status === "problem") return;
  const region = await aws.region();
  const where = { account, region, partition: arn.split(":")[1] ?? "aws" };
  // One after the other, in the order in which they would stop a deployment.
  print(await checkBootstrap(aws, where));
  print(await checkStacks(aws, settings));
  print(await checkIdentity(aws, settings));
  print(await checkSending(aws, settings));
  print(await checkConcurrency(aws, settings));
  print(await checkLogRole(aws));
  print(await checkDomain(aws, settings, { region }));
  print(await checkSubscription(aws, settings));
  print(await checkGrants(aws, settings, where));
};

await runCommand(async () => {
  const { values } = readCommandLine("doctor");
  await examine(loadSettings({}, values.stage === undefined ? {} : { STAGE: values.stage }));
});
