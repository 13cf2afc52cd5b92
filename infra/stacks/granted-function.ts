import { Duration, type RemovalPolicy } from "aws-cdk-lib";
import { PolicyStatement, Role, ServicePrincipal } from "aws-cdk-lib/aws-iam";
import {
  Architecture,
  Code,
  Function,
  LoggingFormat,
  RecursiveLoop,
  Runtime,
  Tracing,
} from "aws-cdk-lib/aws-lambda";
import { LogGroup, type RetentionDays } from "aws-cdk-lib/aws-logs";
import type { Construct } from "constructs";
import { join } from "node:path";
import { keyOf, type ItemKind } from "../../shared/store/item-kinds.ts";
import type { VariableName } from "../../shared/platform/environment.ts";
import { groupedByKinds, type ActionsOnKinds } from "../grants/actions-on-kinds.ts";
import type { FunctionName, Grant, ResourceVariable, SettingVariable } from "../grants/grant.ts";
import { defaultMemoryMegabytes, defaultTimeoutSeconds } from "../grants/grants.ts";
import { functionName, kebabCase, pascalCase, rolePath } from "../naming.ts";

type Conditions = Record<string, Record<string, string | string[]>>;
export type Resource = {
  readonly value: string;
  readonly arn?: string;
  readonly indexArns?: readonly string[];
  readonly service: "dynamodb" | "events" | "secretsmanager" | "ses" | "sqs";
  readonly condition?: Conditions;
};

export type GrantedFunctionProps = {
  readonly name: FunctionName;
  readonly stage: string;
  readonly grant: Grant;
  readonly resources: Readonly<Record<ResourceVariable, Resource>>;
  readonly settings: Readonly<Record<SettingVariable, string>>;
  readonly bundlesDirectory: string;
  readonly hashingConcurrency: number;
  /** Whether it records the requests that API Gateway has chosen. */
  readonly traced: boolean;
  readonly logRetention: RetentionDays;
  readonly removalPolicy: RemovalPolicy;
};

type Statement = { actions: readonly string[]; on: readonly string[]; when?: Conditions | undefined };

// Every action that a grant can name on kinds has a key, so the condition is never empty, which
// would be true. Queries of indexes have keys of another form and stand apart.
const onlyKeysOf = (kinds: readonly ItemKind[]): Conditions => ({
  "ForAllValues:StringLike": { "dynamodb:LeadingKeys": kinds.map((kind) => keyOf(kind, "*")) },
});
const onKinds = (rights: ActionsOnKinds, arn: string, { indexArns = [] }: Resource): Statement[] => [
  ...groupedByKinds(rights).map(({ actions, kinds }) => ({ actions, on: [arn], when: onlyKeysOf(kinds) })),
  ...(rights.QueryIndexes ? [{ actions: ["Query"], on: indexArns }] : []),
  ...(rights.CountItems ? [{ actions: ["DescribeTable"], on: [arn] }] : []),
];

const isList = (
  rights: NonNullable<Grant[ResourceVariable]>,
): rights is Extract<typeof rights, readonly string[]> => Array.isArray(rights);

const statementsOf = (
  rights: NonNullable<Grant[ResourceVariable]>,
  resource: Resource,
): PolicyStatement[] => {
  const { arn, service, condition } = resource;
  if (arn === undefined) return [];
  const statements = isList(rights)
    ? [{ actions: rights, on: [arn], when: condition }]
    : onKinds(rights, arn, resource);
  return statements.map(
    ({ actions, on, when }) =>
      new PolicyStatement({
        actions: actions.map((action) => `${service}:${action}`),
        resources: [...on],
        ...(when && { conditions: when }),
      }),
  );
};

// Without HOME, the SDK looks up the user's home folder and, on a developer's machine, finds AWS
// profiles there. The code folder contains none.
const home = { HOME: "/var/task" };

export class GrantedFunction extends Function {
  constructor(scope: Construct, props: GrantedFunctionProps) {
    const { name, grant, resources, settings, hashingConcurrency, traced } = props;
    const id = pascalCase(name);
    const logGroup = new LogGroup(scope, `${id}Logs`, {
      retention: props.logRetention,
      removalPolicy: props.removalPolicy,
    });
    // CDK's default role has a managed policy that may write to all log groups of the account.
    const role = new Role(scope, `${id}Role`, {
      path: rolePath(props.stage, name),
      assumedBy: new ServicePrincipal("lambda.amazonaws.com"),
    });
    logGroup.grantWrite(role);

    const environment: Partial<Record<VariableName, string>> = {};
    for (const setting of grant.settings ?? []) environment[setting] = settings[setting];
    for (const [variable, resource] of Object.entries(resources) as [ResourceVariable, Resource][]) {
      const rights = grant[variable];
      if (rights === undefined) continue;
      environment[variable] = resource.value;
      for (const statement of statementsOf(rights, resource)) role.addToPolicy(statement);
    }

    if (grant.liftsSuppression)
      role.addToPolicy(
        new PolicyStatement({ actions: ["ses:DeleteSuppressedDestination"], resources: ["*"] }),
      );

    super(scope, id, {
      functionName: functionName(props.stage, name),
      description: `LIT Auth ${name}`,
      code: Code.fromAsset(join(props.bundlesDirectory, kebabCase(name))),
      handler: "index.handler",
      runtime: Runtime.NODEJS_24_X,
      architecture: Architecture.ARM_64,
      memorySize: grant.memoryMegabytes ?? defaultMemoryMegabytes,
      ...(grant.hashes && hashingConcurrency > 0 && { reservedConcurrentExecutions: hashingConcurrency }),
      timeout: Duration.seconds(grant.timeoutSeconds ?? defaultTimeoutSeconds),
      ...(grant.queuesItself && { recursiveLoop: RecursiveLoop.ALLOW }),
      tracing: traced ? Tracing.ACTIVE : Tracing.DISABLED,
      loggingFormat: LoggingFormat.JSON,
      logGroup,
      role,
      environment: { ...home, ...environment },
    });
  }
}
