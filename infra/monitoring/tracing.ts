// API Gateway is the first service that sees a request, so it decides whether X-Ray records it. The
// functions that it calls follow the decision (mode Active). Other functions would decide for
// themselves, by a rule that can't be set, so they don't trace.
import type { Stack } from "aws-cdk-lib";
import { CfnSamplingRule } from "aws-cdk-lib/aws-xray";
import { apiName } from "../api/bare-api.ts";
import type { Settings } from "../settings/settings.ts";

/** Rules of the account with a lower number come first. The default rule has 10,000. */
const priority = 1_000;

/** The rule names one stage of one API, so other services of the account are sampled as before. */
export const addSamplingRule = (stack: Stack, restApiId: string, { STAGE, TRACING }: Settings): void => {
  if (TRACING === "off") return;
  const ruleName = `lit-auth-${STAGE}`;
  new CfnSamplingRule(stack, "Sampling", {
    samplingRule: {
      ruleName,
      priority,
      version: 1,
      fixedRate: TRACING / 100,
      // Requests per second that are recorded in any case.
      reservoirSize: 0,
      serviceName: `${apiName(STAGE)}/${STAGE}`,
      serviceType: "AWS::ApiGateway::Stage",
      resourceArn: stack.formatArn({
        service: "apigateway",
        account: "",
        resource: `/restapis/${restApiId}/stages`,
        resourceName: STAGE,
      }),
      host: "*",
      httpMethod: "*",
      urlPath: "*",
    },
  });
};
