// The templates give each function its rights. A policy of the organisation or a permissions
// boundary can take them away again, and only the first call would show it.
import type { FunctionName, Grant } from "../../infra/grants/grant.ts";
import { grants } from "../../infra/grants/grants.ts";
import { pascalCase, rolePath } from "../../infra/naming.ts";
import type { Settings } from "../../infra/settings/settings.ts";
import type { AwsAnswers, StackResource } from "./aws-answers.ts";
import { check, ok, problem, type Finding } from "./finding.ts";

type Where = { partition: string; account: string; region: string };
type Right = { action: string; resource: string };

const atOnce = 4;

/** Resource variable → output of the stateful stack, and its service. */
const outputs: Record<string, [output: string, service: string]> = {
  USERS_TABLE: ["UsersTable", "dynamodb"],
  SESSIONS_TABLE: ["SessionsTable", "dynamodb"],
  LIMITS_TABLE: ["LimitsTable", "dynamodb"],
  MAIL_QUEUE_URL: ["MailQueueUrl", "sqs"],
  MAIL_DEAD_LETTERS_URL: ["MailDeadLettersUrl", "sqs"],
  NOTICE_QUEUE_URL: ["NoticeQueueUrl", "sqs"],
  NOTICE_DEAD_LETTERS_URL: ["NoticeDeadLettersUrl", "sqs"],
  PSEUDONYM_SECRET_ID: ["KeyArn", "secretsmanager"],
  DIGEST_SECRET_ID: ["DigestArn", "secretsmanager"],
  DEVICE_SECRET_ID: ["DeviceArn", "secretsmanager"],
  SIGNING_KEYS_ID: ["SigningKeysArn", "secretsmanager"],
  VERIFICATION_KEYS_ID: ["VerificationKeysArn", "secretsmanager"],
};

const arnOf = (service: string, value: string, { partition, account, region }: Where): string => {
  if (service === "secretsmanager") return value;
  const name = service === "dynamodb" ? `table/${value}` : (value.split("/").at(-1) ?? "");
  return `arn:${partition}:${service}:${region}:${account}:${name}`;
};

export const rightsOf = (grant: Grant, stateful: Record<string, string>, where: Where): Right[] =>
  Object.entries(outputs).flatMap(([variable, [output, service]]) => {
    const rights = grant[variable as keyof Grant];
    const value = stateful[output];
    if (typeof rights !== "object" || value === undefined) return [];
    const resource = arnOf(service, value, where);
    const actions: string[] = Array.isArray(rights)
      ? rights
      : Object.entries(rights).flatMap(([action, kinds]) => (Array.isArray(kinds) ? [action] : []));
    return actions.map((action) => ({ action: `${service}:${action}`, resource }));
  });

const roleOf = (resources: readonly StackResource[], name: FunctionName): string | undefined =>
  resources.find(
    ({ type, logicalId }) =>
      type === "AWS::IAM::Role" && logicalId.replace(/[0-9A-F]{8}$/, "") === `${pascalCase(name)}Role`,
  )?.physicalId;

const isDenied = ({ action, resource }: Right, simulated: Awaited<ReturnType<AwsAnswers["simulate"]>>) =>
  simulated.some(
    (one) => one.action === action && [resource, "*"].includes(one.resource) && one.decision !== "allowed",
  );

export const checkGrants = (
  aws: Pick<AwsAnswers, "stack" | "stackResources" | "simulate">,
  { STAGE, MAIL_FROM }: Settings,
  where: Where,
): Promise<Finding[]> =>
  check(
    "rights of functions",
    "iam:SimulatePrincipalPolicy and cloudformation:ListStackResources",
    async () => {
      const stateful = await aws.stack(`lit-auth-${STAGE}-stateful`);
      const stacks = ["user-functions", "staff-functions"].map((name) => `lit-auth-${STAGE}-${name}`);
      const resources: StackResource[] = [];
      for (const name of stacks)
        if (await aws.stack(name)) resources.push(...(await aws.stackResources(name)));
      const denied: string[] = [];
      let checked = 0;
      const simulateOne = async ([name, grant]: [FunctionName, Grant]): Promise<void> => {
        const role = roleOf(resources, name);
        const rights = rightsOf(grant, stateful?.outputs ?? {}, where);
        if (role === undefined || rights.length === 0) return;
        checked += 1;
        const simulated = await aws.simulate({
          roleArn: `arn:${where.partition}:iam::${where.account}:role${rolePath(STAGE, name)}${role}`,
          actions: [...new Set(rights.map(({ action }) => action))],
          resources: [...new Set(rights.map(({ resource }) => resource))],
          mailFrom: MAIL_FROM,
        });
        for (const right of rights) if (isDenied(right, simulated)) denied.push(`${name} ${right.action}`);
      };
      const functions = Object.entries(grants) as [FunctionName, Grant][];
      for (let first = 0; first < functions.length; first += atOnce)
        await Promise.all(functions.slice(first, first + atOnce).map(simulateOne));
      if (checked === 0) return ok("The deployment creates the roles.");
      if (denied.length === 0) return ok(`The roles of ${checked} functions allow what these need.`);
      return problem(
        `These are not allowed: ${[...new Set(denied)].toSorted().join(", ")}. Deploy again. If that changes nothing, a policy of your organisation or a permissions boundary forbids it.`,
      );
    },
  );
