// The calls to AWS that checks make. All of them only read.
import { ACMClient, DescribeCertificateCommand } from "@aws-sdk/client-acm";
import { APIGatewayClient, GetAccountCommand } from "@aws-sdk/client-api-gateway";
import {
  CloudFormationClient,
  DescribeStacksCommand,
  paginateListStackResources,
} from "@aws-sdk/client-cloudformation";
import { IAMClient, paginateSimulatePrincipalPolicy } from "@aws-sdk/client-iam";
import {
  GetAccountSettingsCommand,
  GetFunctionConcurrencyCommand,
  LambdaClient,
} from "@aws-sdk/client-lambda";
import {
  GetAccountCommand as GetSendingAccountCommand,
  GetEmailIdentityCommand,
  SESv2Client,
} from "@aws-sdk/client-sesv2";
import { ListSubscriptionsByTopicCommand, SNSClient } from "@aws-sdk/client-sns";
import { GetParameterCommand, SSMClient } from "@aws-sdk/client-ssm";
import { GetCallerIdentityCommand, STSClient } from "@aws-sdk/client-sts";

const absent = new Set(["NotFoundException", "ResourceNotFoundException", "ParameterNotFound"]);

/** Gives `undefined` for what doesn't exist. */
const orAbsent = async <Answer>(answer: Promise<Answer>): Promise<Answer | undefined> =>
  answer.catch((error: unknown) => {
    if (error instanceof Error && absent.has(error.name)) return undefined;
    throw error;
  });

export type StackResource = { type: string; logicalId: string; physicalId: string };
type Simulated = { action: string; resource: string; decision: string };
type Simulation = {
  roleArn: string;
  actions: readonly string[];
  resources: readonly string[];
  mailFrom: string;
};

const stackOf = async (client: CloudFormationClient, StackName: string) => {
  const answer = client.send(new DescribeStacksCommand({ StackName }));
  const { Stacks = [] } = await answer.catch((error: unknown) => {
    if (error instanceof Error && error.message.includes("does not exist")) return { Stacks: [] };
    throw error;
  });
  const [stack] = Stacks;
  if (!stack) return undefined;
  const outputs = (stack.Outputs ?? []).map(({ OutputKey, OutputValue }) => [OutputKey, OutputValue]);
  return {
    status: String(stack.StackStatus),
    outputs: Object.fromEntries(outputs) as Record<string, string>,
  };
};

const resourcesOf = async (client: CloudFormationClient, StackName: string): Promise<StackResource[]> => {
  const found: StackResource[] = [];
  for await (const { StackResourceSummaries = [] } of paginateListStackResources({ client }, { StackName }))
    for (const {
      ResourceType = "",
      LogicalResourceId = "",
      PhysicalResourceId = "",
    } of StackResourceSummaries)
      found.push({ type: ResourceType, logicalId: LogicalResourceId, physicalId: PhysicalResourceId });
  return found;
};

const simulate = async (client: IAMClient, simulation: Simulation): Promise<Simulated[]> => {
  const { roleArn, actions, resources, mailFrom } = simulation;
  const simulated: Simulated[] = [];
  const pages = paginateSimulatePrincipalPolicy(
    { client },
    {
      PolicySourceArn: roleArn,
      ActionNames: [...actions],
      ResourceArns: [...resources],
      ContextEntries: [
        { ContextKeyName: "ses:FromAddress", ContextKeyType: "string", ContextKeyValues: [mailFrom] },
      ],
    },
  );
  for await (const { EvaluationResults = [] } of pages)
    for (const result of EvaluationResults) {
      const action = String(result.EvalActionName);
      const each = result.ResourceSpecificResults ?? [];
      for (const { EvalResourceName = "", EvalResourceDecision = "" } of each)
        simulated.push({ action, resource: EvalResourceName, decision: EvalResourceDecision });
      // Where there is one resource, the answer may only be about the action.
      if (each.length === 0)
        simulated.push({
          action,
          resource: result.EvalResourceName ?? "*",
          decision: String(result.EvalDecision),
        });
    }
  return simulated;
};

export const awsAnswers = () => {
  const [sts, ses, lambda, cloudFormation] = [
    new STSClient({}),
    new SESv2Client({}),
    new LambdaClient({}),
    new CloudFormationClient({}),
  ];
  return {
    region: (): Promise<string> => sts.config.region(),
    caller: async () => {
      const { Account = "", Arn = "" } = await sts.send(new GetCallerIdentityCommand({}));
      return { account: Account, arn: Arn };
    },
    parameter: async (Name: string) =>
      (await orAbsent(new SSMClient({}).send(new GetParameterCommand({ Name }))))?.Parameter?.Value,
    stack: (name: string) => stackOf(cloudFormation, name),
    stackResources: (name: string) => resourcesOf(cloudFormation, name),
    sendingAccount: () => ses.send(new GetSendingAccountCommand({})),
    emailIdentity: (EmailIdentity: string) =>
      orAbsent(ses.send(new GetEmailIdentityCommand({ EmailIdentity }))),
    concurrency: async () => (await lambda.send(new GetAccountSettingsCommand({}))).AccountLimit ?? {},
    reservedConcurrency: async (FunctionName: string) =>
      (await orAbsent(lambda.send(new GetFunctionConcurrencyCommand({ FunctionName }))))
        ?.ReservedConcurrentExecutions ?? 0,
    gatewayLogRole: async () =>
      (await new APIGatewayClient({}).send(new GetAccountCommand({}))).cloudwatchRoleArn,
    certificate: async (CertificateArn: string) =>
      (await orAbsent(new ACMClient({}).send(new DescribeCertificateCommand({ CertificateArn }))))
        ?.Certificate,
    subscriptions: async (TopicArn: string) =>
      (await new SNSClient({}).send(new ListSubscriptionsByTopicCommand({ TopicArn }))).Subscriptions ?? [],
    simulate: (simulation: Simulation) => simulate(new IAMClient({}), simulation),
  };
};
export type AwsAnswers = ReturnType<typeof awsAnswers>;
