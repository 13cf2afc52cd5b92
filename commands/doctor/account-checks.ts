import { mailIdentity } from "../../infra/settings/deploy-settings.ts";
import { senderStackName } from "../../infra/naming.ts";
import type { Settings } from "../../infra/settings/settings.ts";
import type { AwsAnswers } from "./aws-answers.ts";
import { check, ok, problem, warning, type Finding } from "./finding.ts";

/** Of CDK's default qualifier, and what its templates of today need. */
const [bootstrapParameter, neededVersion] = ["/cdk-bootstrap/hnb659fds/version", 6];

export const checkBootstrap = (
  aws: Pick<AwsAnswers, "parameter">,
  where: { account: string; region: string },
): Promise<Finding[]> =>
  check("CDK bootstrap", "ssm:GetParameter", async () => {
    const version = await aws.parameter(bootstrapParameter);
    const command = `npx cdk bootstrap aws://${where.account}/${where.region}`;
    if (version === undefined) return problem(`This account and region have none. Run: ${command}`);
    if (Number(version) < neededVersion)
      return problem(`Its version is ${version}, and ${neededVersion} is needed. Run: ${command}`);
    return ok(`Version ${version}.`);
  });

const ownStacks = ["stateful", "user-functions", "staff-functions", "api"];

export const stackNames = (settings: Settings): string[] => [
  ...ownStacks.map((name) => `lit-auth-${settings.STAGE}-${name}`),
  "lit-auth-account",
  senderStackName(mailIdentity(settings)),
];

const deleting = (name: string) => `aws cloudformation delete-stack --stack-name ${name}`;
const failed = (name: string) =>
  `The deployment that created it failed, and its events say why. Delete it: ${deleting(name)}`;

/** Deployments to stacks in these states fail. */
const remedies: Record<string, (name: string) => string> = {
  CREATE_FAILED: failed,
  ROLLBACK_COMPLETE: failed,
  ROLLBACK_FAILED: (name) =>
    `The deployment that created it failed and left something, which its events name. Delete that, then the stack: ${deleting(name)}`,
  DELETE_FAILED: (name) =>
    `It could not be deleted. End the cause that its events name, then run: ${deleting(name)}`,
  UPDATE_FAILED: (name) =>
    `A deployment failed and was not rolled back. Run: aws cloudformation rollback-stack --stack-name ${name}`,
  UPDATE_ROLLBACK_FAILED: (name) =>
    `A deployment could not be rolled back. End the cause that its events name, then run: aws cloudformation continue-update-rollback --stack-name ${name}`,
};

export const checkStacks = async (aws: Pick<AwsAnswers, "stack">, settings: Settings): Promise<Finding[]> => {
  const found = await Promise.all(
    stackNames(settings).map((name) =>
      check(`stack ${name}`, "cloudformation:DescribeStacks", async () => {
        const status = (await aws.stack(name))?.status;
        if (status === undefined || status === "REVIEW_IN_PROGRESS") return ok("It isn't deployed yet.");
        const remedy = remedies[status];
        if (remedy) return problem(`${status}. ${remedy(name)}`);
        if (status.endsWith("_IN_PROGRESS"))
          return warning(`${status}. Wait for its end, because two deployments at once fail.`);
        return ok(status);
      }),
    ),
  );
  return found.flat();
};
