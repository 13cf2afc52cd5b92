/** The REST API itself: its stage with limits, traces and an access log, and its own answers. */
import { Size, type RemovalPolicy } from "aws-cdk-lib";
import { AccessLogFormat, EndpointType, LogGroupLogDestination, RestApi } from "aws-cdk-lib/aws-apigateway";
import { LogGroup } from "aws-cdk-lib/aws-logs";
import type { Construct } from "constructs";
import { addGatewayResponses } from "./gateway-responses.ts";
import type { Settings } from "../settings.ts";
import { methodThrottles } from "./throttles.ts";

/**
 * Enough to find a request and its cost. Not the path (it may hold ids), the query string (addresses), the user agent
 * or the caller's IP: these are personal data, and the limits need them only while a request lives. Who must keep
 * addresses for a while turns on WAF's own log.
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

export const createRestApi = (
  scope: Construct,
  settings: Settings,
  removalPolicy: RemovalPolicy,
): RestApi => {
  const accessLog = new LogGroup(scope, "AccessLog", {
    retention: settings.LOG_RETENTION_DAYS,
    removalPolicy,
  });
  const api = new RestApi(scope, "Api", {
    restApiName: `lit-auth-${settings.STAGE}`,
    endpointTypes: [EndpointType.REGIONAL],
    cloudWatchRole: false,
    minCompressionSize: Size.kibibytes(1),
    deployOptions: {
      stageName: settings.STAGE,
      tracingEnabled: true,
      throttlingRateLimit: settings.THROTTLE_REQUESTS_PER_SECOND,
      throttlingBurstLimit: settings.THROTTLE_BURST_REQUESTS,
      methodOptions: methodThrottles(settings),
      // It would write bodies and headers, tokens and passwords among them.
      dataTraceEnabled: false,
      accessLogDestination: new LogGroupLogDestination(accessLog),
      accessLogFormat,
    },
  });
  addGatewayResponses(api, settings.ALLOWED_ORIGINS);
  return api;
};
