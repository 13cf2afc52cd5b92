import { CfnResource, TreeInspector, type IInspectable, type RemovalPolicy } from "aws-cdk-lib";
import {
  AccessLogFormat,
  Deployment,
  LogGroupLogDestination,
  Stage,
  type CfnRestApi,
  type IRestApi,
} from "aws-cdk-lib/aws-apigateway";
import { LogGroup } from "aws-cdk-lib/aws-logs";
import type { Construct, IConstruct } from "constructs";
import type { Settings } from "../settings/settings.ts";
import { methodThrottles } from "./throttles.ts";

// The log omits personal data: path (ids), query string (addresses), user agent and IP address. An
// operator who needs IP addresses turns on WAF's own log.
const accessLogFormat = AccessLogFormat.custom(
  JSON.stringify({
    requestId: "$context.requestId",
    // Callers can choose the other id.
    extendedRequestId: "$context.extendedRequestId",
    traceId: "$context.xrayTraceId",
    time: "$context.requestTimeEpoch",
    method: "$context.httpMethod",
    resourcePath: "$context.resourcePath",
    status: "$context.status",
    gatewayResponse: "$context.error.responseType",
    // Beside INTEGRATION_FAILURE, 200 means that the function ran and crashed.
    lambdaStatus: "$context.integration.integrationStatus",
    latencyMs: "$context.responseLatency",
    integrationLatencyMs: "$context.integrationLatency",
    responseBytes: "$context.responseLength",
  }),
);

type Deployed = CfnResource & IInspectable;
/** Excludes the permissions to invoke functions, which are not part of a deployment. */
const isDeployed = (part: IConstruct): part is Deployed =>
  CfnResource.isCfnResource(part) && part.cfnResourceType.startsWith("AWS::ApiGateway::");

const contentOf = (part: IInspectable) => {
  const inspector = new TreeInspector();
  part.inspect(inspector);
  return inspector.attributes;
};

// A deployment is a snapshot, so it depends on all of its content. Its logical id has a hash of the
// content, so that a change makes a new deployment. CDK does this only for its own `RestApi`.
const createDeployment = (scope: Construct, bareApi: CfnRestApi, api: IRestApi): Deployment => {
  const deployment = new Deployment(scope, "Deployment", { api });
  deployment.addToLogicalId(contentOf(bareApi));
  for (const part of api.node.findAll().filter(isDeployed)) {
    deployment.node.addDependency(part);
    deployment.addToLogicalId(contentOf(part));
  }
  return deployment;
};

export const deployApi = (
  scope: Construct,
  { bareApi, api, settings }: { bareApi: CfnRestApi; api: IRestApi; settings: Settings },
  removalPolicy: RemovalPolicy,
): Stage => {
  const accessLog = new LogGroup(scope, "AccessLog", {
    retention: settings.LOG_RETENTION_DAYS,
    removalPolicy,
  });
  const stage = new Stage(scope, "Stage", {
    deployment: createDeployment(scope, bareApi, api),
    stageName: settings.STAGE,
    tracingEnabled: settings.TRACING !== "off",
    throttlingRateLimit: settings.THROTTLE_REQUESTS_PER_SECOND,
    throttlingBurstLimit: settings.THROTTLE_BURST_REQUESTS,
    methodOptions: methodThrottles(settings),
    // Data traces would log bodies and headers, with passwords and tokens.
    dataTraceEnabled: false,
    accessLogDestination: new LogGroupLogDestination(accessLog),
    accessLogFormat,
  });
  // This restricts the permissions to invoke functions to this stage.
  api.deploymentStage = stage;
  return stage;
};
