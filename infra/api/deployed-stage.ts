/** The API's deployment and its stage, with limits, traces and an access log. */
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
import type { Settings } from "../settings.ts";
import { methodThrottles } from "./throttles.ts";

/**
 * Enough to find a request and its cost. Not the path (it may hold ids), the query string
 * (addresses), the user agent or the caller's IP: these are personal data, and the limits need them
 * only while a request lives. Who must keep addresses for a while turns on WAF's own log.
 */
const accessLogFormat = AccessLogFormat.custom(
  JSON.stringify({
    requestId: "$context.requestId",
    traceId: "$context.xrayTraceId",
    time: "$context.requestTimeEpoch",
    method: "$context.httpMethod",
    resourcePath: "$context.resourcePath",
    status: "$context.status",
    gatewayResponse: "$context.error.responseType",
    latencyMs: "$context.responseLatency",
    integrationLatencyMs: "$context.integrationLatency",
    responseBytes: "$context.responseLength",
  }),
);

type Deployed = CfnResource & IInspectable;
/** Paths, methods and gateway responses, but not the permissions to invoke functions. */
const isDeployed = (part: IConstruct): part is Deployed =>
  CfnResource.isCfnResource(part) && part.cfnResourceType.startsWith("AWS::ApiGateway::");

/** Type and properties, with references that only synth resolves. */
const contentOf = (part: IInspectable) => {
  const inspector = new TreeInspector();
  part.inspect(inspector);
  return inspector.attributes;
};

/**
 * A deployment is a snapshot of the API as it is when it is made, so it waits for everything that
 * it shows, and its id is salted with all of that: another content is another deployment. CDK does
 * so only for an API of its own making.
 */
const createDeployment = (scope: Construct, bareApi: CfnRestApi, api: IRestApi): Deployment => {
  const deployment = new Deployment(scope, "Deployment", { api });
  deployment.addToLogicalId(contentOf(bareApi));
  for (const part of api.node.findAll().filter(isDeployed)) {
    deployment.node.addDependency(part);
    deployment.addToLogicalId(contentOf(part));
  }
  return deployment;
};

/** Comes after the last route. */
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
    tracingEnabled: true,
    throttlingRateLimit: settings.THROTTLE_REQUESTS_PER_SECOND,
    throttlingBurstLimit: settings.THROTTLE_BURST_REQUESTS,
    methodOptions: methodThrottles(settings),
    // It would write bodies and headers, tokens and passwords among them.
    dataTraceEnabled: false,
    accessLogDestination: new LogGroupLogDestination(accessLog),
    accessLogFormat,
  });
  // Permissions to invoke the functions then name this stage and no other.
  api.deploymentStage = stage;
  return stage;
};
