import { Duration } from "aws-cdk-lib";
import {
  LambdaIntegration,
  MockIntegration,
  CfnMethod,
  type IResource,
  type IRestApi,
  type Method,
} from "aws-cdk-lib/aws-apigateway";
import type { IFunction } from "aws-cdk-lib/aws-lambda";
import { strictTransportSecurity } from "../../shared/contract/transport-security.ts";
import { exposedHeaders, gatewayHeaders } from "./gateway-responses.ts";
import { alwaysAnswer } from "./mock-templates.ts";
import type { Settings } from "../settings.ts";

const addMethodNotAllowed = (resource: IResource, allow: string, allowedOrigins: string) => {
  const headers = { ...gatewayHeaders(allowedOrigins), Allow: `'${allow}'` };
  const named = Object.entries(headers).map(([name, value]) => [`method.response.header.${name}`, value]);
  resource.addMethod(
    "ANY",
    new MockIntegration({
      ...alwaysAnswer(405),
      integrationResponses: [
        {
          statusCode: "405",
          responseParameters: Object.fromEntries(named),
          responseTemplates: {
            "application/json": String.raw`{"detail":"Method \"$context.httpMethod\" not allowed.","code":"method_not_allowed"}`,
          },
        },
      ],
    }),
    {
      methodResponses: [
        { statusCode: "405", responseParameters: Object.fromEntries(named.map(([name]) => [name, true])) },
      ],
    },
  );
};

/** CDK's preflights have no properties for further headers and for other content types. */
const completePreflight = (preflight: Method): void => {
  const method = preflight.node.defaultChild;
  if (!(method instanceof CfnMethod) || !method.integration || "resolve" in method.integration)
    throw new Error("This version of CDK creates methods differently");
  const header = String.raw`method\.response\.header\.Strict-Transport-Security`;
  method.addPropertyOverride(`MethodResponses.0.ResponseParameters.${header}`, true);
  method.addPropertyOverride(
    `Integration.IntegrationResponses.0.ResponseParameters.${header}`,
    `'${strictTransportSecurity}'`,
  );
  // Unlike an override, this changes the hash of the deployment.
  method.integration = { ...method.integration, ...alwaysAnswer(204) };
};

/** API Gateway ignores a trailing slash in requests and doesn't allow one in a resource. */
export const addRoute = (
  api: IRestApi,
  path: string,
  handlers: Readonly<Record<string, IFunction>>,
  { ALLOWED_ORIGINS }: Settings,
): void => {
  const resource = api.root.resourceForPath(path.replace(/\/$/, ""));
  const methods = Object.keys(handlers);
  for (const [method, handler] of Object.entries(handlers))
    resource.addMethod(method, new LambdaIntegration(handler, { allowTestInvoke: false }));
  const preflight = resource.addCorsPreflight({
    allowOrigins: ALLOWED_ORIGINS.split(",").map((origin) => origin.trim()),
    allowMethods: methods,
    allowHeaders: ["Content-Type", "Authorization", "X-Device-Token"],
    // CORS forbids credentials with a wildcard origin.
    allowCredentials: ALLOWED_ORIGINS !== "*",
    exposeHeaders: exposedHeaders,
    maxAge: Duration.hours(1),
  });
  completePreflight(preflight);
  addMethodNotAllowed(resource, [...methods, "OPTIONS"].join(", "), ALLOWED_ORIGINS);
};
