import { Duration, type RemovalPolicy } from "aws-cdk-lib";
import { PolicyStatement, Role, ServicePrincipal } from "aws-cdk-lib/aws-iam";
import { Architecture, Code, Function, LoggingFormat, Runtime, Tracing } from "aws-cdk-lib/aws-lambda";
import { LogGroup, type RetentionDays } from "aws-cdk-lib/aws-logs";
import type { Construct } from "constructs";
import { join } from "node:path";
import type { VariableName } from "../../shared/platform/environment.ts";
import type { FunctionName, Grant, ResourceVariable, SettingVariable } from "../grants/grant.ts";
import { defaultMemoryMegabytes, defaultTimeoutSeconds } from "../grants/grants.ts";
import { functionName, kebabCase, pascalCase } from "../naming.ts";

export type Resource = {
  readonly value: string;
  readonly arn: string;
  readonly indexArns?: readonly string[];
  readonly service: "dynamodb" | "secretsmanager" | "ses" | "sqs";
  readonly condition?: Record<string, Record<string, string>>;
};

export type GrantedFunctionProps = {
  readonly name: FunctionName;
  readonly stage: string;
  readonly grant: Grant;
  readonly resources: Readonly<Record<ResourceVariable, Resource>>;
  readonly settings: Readonly<Record<SettingVariable, string>>;
  readonly bundlesDirectory: string;
  readonly hashingConcurrency: number;
  readonly logRetention: RetentionDays;
  readonly removalPolicy: RemovalPolicy;
};

const isResource = (name: string, resources: GrantedFunctionProps["resources"]): name is ResourceVariable =>
  name in resources;

const queryIndexes = "QueryIndexes";

// Without HOME, the SDK looks up the user's home folder and, on a developer's machine, finds AWS
// profiles there. The code folder contains none.
const home = { HOME: "/var/task" };

export class GrantedFunction extends Function {
  constructor(scope: Construct, props: GrantedFunctionProps) {
    const { name, grant, resources, settings, hashingConcurrency } = props;
    const id = pascalCase(name);
    const logGroup = new LogGroup(scope, `${id}Logs`, {
      retention: props.logRetention,
      removalPolicy: props.removalPolicy,
    });
    // CDK's default role has a managed policy that may write to all log groups of the account.
    const role = new Role(scope, `${id}Role`, { assumedBy: new ServicePrincipal("lambda.amazonaws.com") });
    logGroup.grantWrite(role);

    const environment: Partial<Record<VariableName, string>> = {};
    for (const setting of grant.settings ?? []) environment[setting] = settings[setting];
    for (const [variable, actions] of Object.entries(grant)) {
      if (!isResource(variable, resources) || !Array.isArray(actions)) continue;
      const { value, arn, indexArns = [], service, condition } = resources[variable];
      environment[variable] = value;
      const allow = (allowed: readonly string[], on: readonly string[]) => {
        if (allowed.length === 0) return;
        const statement = { actions: allowed.map((action) => `${service}:${action}`), resources: [...on] };
        role.addToPolicy(new PolicyStatement({ ...statement, ...(condition && { conditions: condition }) }));
      };
      allow(
        actions.filter((action) => action !== queryIndexes),
        [arn],
      );
      if (actions.includes(queryIndexes)) allow(["Query"], indexArns);
    }

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
      tracing: Tracing.ACTIVE,
      loggingFormat: LoggingFormat.JSON,
      logGroup,
      role,
      environment: { ...home, ...environment },
    });
  }
}
