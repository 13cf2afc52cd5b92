/** A path of the API: its functions, the CORS preflight, and a 405 from API Gateway itself for every other method. */
import { Duration } from "aws-cdk-lib";
import {
  LambdaIntegration,
  MockIntegration,
  PassthroughBehavior,
  type IResource,
  type IRestApi,
} from "aws-cdk-lib/aws-apigateway";
import type { IFunction } from "aws-cdk-lib/aws-lambda";
import { exposedHeaders, gatewayHeaders } from "./gateway-responses.ts";
import type { Settings } from "../settings.ts";

const addMethodNotAllowed = (resource: IResource, allow: string, allowedOrigins: string) => {
  const headers = { ...gatewayHeaders(allowedOrigins), Allow: `'${allow}'` };
  const named = Object.entries(headers).map(([name, value]) => [`method.response.header.${name}`, value]);
  resource.addMethod(
    "ANY",
    new MockIntegration({
      // Without this, a body of another type than JSON would be read as the template and end as a 500.
      passthroughBehavior: PassthroughBehavior.NEVER,
      requestTemplates: { "application/json": '{"statusCode":405}' },
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

/** A trailing slash reaches the same resource, and no resource may be declared with one. */
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
  resource.addCorsPreflight({
    allowOrigins: ALLOWED_ORIGINS.split(",").map((origin) => origin.trim()),
    allowMethods: methods,
    allowHeaders: ["Content-Type", "Authorization", "X-Device-Token"],
    // A wildcard never goes with credentials.
    allowCredentials: ALLOWED_ORIGINS !== "*",
    exposeHeaders: exposedHeaders,
    maxAge: Duration.hours(1),
  });
  addMethodNotAllowed(resource, [...methods, "OPTIONS"].join(", "), ALLOWED_ORIGINS);
};
