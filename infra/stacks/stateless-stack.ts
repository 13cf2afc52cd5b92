/** What can be made anew at any time: functions, routes and alarms. Each function is its row of the grants sheet. */
import { CfnOutput, Stack, type StackProps } from "aws-cdk-lib";
import type { Function } from "aws-cdk-lib/aws-lambda";
import { SqsEventSource } from "aws-cdk-lib/aws-lambda-event-sources";
import { Trigger } from "aws-cdk-lib/triggers";
import type { Construct } from "constructs";
import { contract, type OperationName } from "../../shared/contract/contract.ts";
import { addAlarms } from "./alarms.ts";
import { EndpointFunction } from "./granted-function.ts";
import { addFirewall } from "../api/firewall.ts";
import type { FunctionName, Grant } from "../grants/grant.ts";
import { grants, operationSettings } from "../grants/grants.ts";
import { functionSettings, resourcesOf } from "./function-variables.ts";
import { createRestApi } from "../api/rest-api.ts";
import { addKeyRotation } from "./rotation-schedules.ts";
import { addRoute } from "../api/api-routes.ts";
import { addSecurityMetrics } from "./security-metrics.ts";
import { addTriggerLog } from "./trigger-log.ts";
import { removalPolicyOf, type StatefulStack } from "./stateful-stack.ts";
import type { Settings } from "../settings.ts";

/** Each is served together with everything below it. */
const pagePaths = ["/swagger", "/admin"];
/** The least that AWS allows: letters leave well below SES's rate. */
const mailerConcurrency = 2;

type StatelessStackProps = StackProps & {
  readonly settings: Settings;
  readonly stateful: StatefulStack;
  readonly bundlesDirectory: string;
};

const operationNames = Object.keys(contract) as OperationName[];

/** Path → method → function. */
const routesOf = (functionOf: (name: OperationName) => Function) => {
  const routes: Record<string, Record<string, Function>> = {};
  for (const name of operationNames) {
    const { path, method } = contract[name];
    (routes[path] ??= {})[method] = functionOf(name);
  }
  return routes;
};

export class StatelessStack extends Stack {
  constructor(scope: Construct, id: string, { settings, stateful, ...props }: StatelessStackProps) {
    super(scope, id, props);
    const removalPolicy = removalPolicyOf(settings);
    const api = createRestApi(this, settings, removalPolicy);
    // Not `api.url`: it names the stage, which comes after the functions that are told this address.
    const address = `https://${api.restApiId}.execute-api.${this.region}.${this.urlSuffix}/${settings.STAGE}`;

    const common = {
      resources: resourcesOf(this, settings, stateful),
      settings: functionSettings(settings, address),
      bundlesDirectory: props.bundlesDirectory,
      hashingConcurrency: settings.HASHING_CONCURRENCY,
      logRetention: settings.LOG_RETENTION_DAYS,
      removalPolicy,
    };
    const makeFunction = (name: FunctionName, grant: Grant = grants[name]) =>
      new EndpointFunction(this, { name, grant, ...common });
    const makeOperation = (name: OperationName) => {
      const grant: Grant = grants[name];
      return makeFunction(name, { ...grant, settings: [...operationSettings, ...(grant.settings ?? [])] });
    };
    const operations = Object.fromEntries(
      operationNames.map((name) => [name, makeOperation(name)]),
    ) as Record<OperationName, Function>;

    for (const [path, handlers] of Object.entries(routesOf((name) => operations[name])))
      addRoute(api, path, handlers, settings);
    const pages = makeFunction("pages");
    for (const path of pagePaths.flatMap((page) => [page, `${page}/{proxy+}`]))
      addRoute(api, path, { GET: pages }, settings);

    const mailer = makeFunction("mailer");
    mailer.addEventSource(
      new SqsEventSource(stateful.mailQueue, {
        batchSize: 10,
        maxConcurrency: mailerConcurrency,
        reportBatchItemFailures: true,
      }),
    );
    // The first deployment makes the keys; a later one finds them and leaves them.
    const keysMade = new Trigger(this, "CreateKeysAtDeployment", { handler: makeFunction("createKeys") });
    addTriggerLog(this, { retention: settings.LOG_RETENTION_DAYS, removalPolicy });
    const rotateKeys = makeFunction("rotateKeys");
    const rotation = addKeyRotation(this, rotateKeys, stateful.secretArns, settings);
    // Making a schedule makes Secrets Manager try the function, which needs something to rotate.
    rotation.node.addDependency(keysMade);

    addAlarms(this, {
      api,
      mailer,
      rotateKeys,
      deadLetters: stateful.mailDeadLetters,
      ...addSecurityMetrics(this, settings.STAGE, (name) => operations[name].logGroup),
      failedGuessesPerHour: settings.FAILED_GUESSES_ALARM_PER_HOUR,
      email: settings.ALARM_EMAIL,
    });
    if (settings.WAF === "on") addFirewall(this, api.deploymentStage, settings);
    new CfnOutput(this, "ApiUrl", { value: address });
    new CfnOutput(this, "PublicUrl", { value: common.settings.PUBLIC_URL });
  }
}
