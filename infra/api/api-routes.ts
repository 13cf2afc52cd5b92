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
import { errors } from "../../shared/contract/errors.ts";
import { strictTransportSecurity } from "../../shared/contract/transport-security.ts";
import { allowedHeaders, exposedHeaders, gatewayHeaders } from "./gateway-responses.ts";
import { alwaysAnswer } from "./mock-templates.ts";
import type { Settings } from "../settings/settings.ts";

type Headers = Readonly<Record<string, string>>;
type FixedAnswer = { status: number; headers: Headers; body: string };

const refuseEveryMethod = (resource: IResource, { status, headers, body }: FixedAnswer): void => {
  const named = Object.entries(headers).map(([name, value]) => [`method.response.header.${name}`, value]);
  const statusCode = String(status);
  resource.addMethod(
    "ANY",
    new MockIntegration({
      ...alwaysAnswer(status),
      integrationResponses: [
        {
          statusCode,
          responseParameters: Object.fromEntries(named),
          responseTemplates: { "application/json": body },
        },
      ],
    }),
    {
      methodResponses: [
        { statusCode, responseParameters: Object.fromEntries(named.map(([name]) => [name, true])) },
      ],
    },
  );
};

const addMethodNotAllowed = (resource: IResource, allow: string, gatewaysOwn: Headers): void =>
  refuseEveryMethod(resource, {
    status: 405,
    headers: { ...gatewaysOwn, Allow: `'${allow}'` },
    body: String.raw`{"detail":"Method \"$context.httpMethod\" not allowed.","code":"method_not_allowed"}`,
  });

/** Where no resource matches, API Gateway takes a bearer token for a signature of AWS: a 403. */
export const addUnknownPaths = (api: IRestApi, { ALLOWED_ORIGINS }: Settings): void => {
  const { status, detail } = errors.not_found;
  const answer = {
    status,
    headers: gatewayHeaders(ALLOWED_ORIGINS),
    body: JSON.stringify({ detail, code: "not_found" }),
  };
  for (const resource of [api.root, api.root.addResource("{proxy+}")]) refuseEveryMethod(resource, answer);
};

const methodOf = (preflight: Method): CfnMethod => {
  const method = preflight.node.defaultChild;
  if (!(method instanceof CfnMethod)) throw new Error("This version of CDK creates methods differently");
  return method;
};

/** CDK's preflights have no properties for further headers and for other content types. */
const completePreflight = (method: CfnMethod): void => {
  if (!method.integration || "resolve" in method.integration)
    throw new Error("This version of CDK creates integrations differently");
  const header = String.raw`method\.response\.header\.Strict-Transport-Security`;
  method.addPropertyOverride(`MethodResponses.0.ResponseParameters.${header}`, true);
  method.addPropertyOverride(
    `Integration.IntegrationResponses.0.ResponseParameters.${header}`,
    `'${strictTransportSecurity}'`,
  );
  // Unlike an override, this changes the hash of the deployment.
  method.integration = { ...method.integration, ...alwaysAnswer(204) };
};

const isForCors = (header: string): boolean => header.startsWith("Access-Control-");

/** Leaves a 204 that allows nothing, so that browsers don't send what they have asked about. */
const refuseOtherOrigins = (method: CfnMethod): void => {
  const allowing = "Origin Headers Methods Credentials".split(" ").map((what) => `Allow-${what}`);
  for (const header of [...allowing, "Expose-Headers", "Max-Age"]) {
    const name = String.raw`ResponseParameters.method\.response\.header\.Access-Control-${header}`;
    method.addPropertyDeletionOverride(`MethodResponses.0.${name}`);
    method.addPropertyDeletionOverride(`Integration.IntegrationResponses.0.${name}`);
  }
};

/** API Gateway ignores a trailing slash in requests and doesn't allow one in a resource. */
export const addRoute = (
  api: IRestApi,
  path: string,
  handlers: Readonly<Record<string, IFunction>>,
  settings: Settings,
  { forOwnPages = false } = {},
): void => {
  const { ALLOWED_ORIGINS } = settings;
  const resource = api.root.resourceForPath(path.replace(/\/$/, ""));
  const methods = Object.keys(handlers);
  for (const [method, handler] of Object.entries(handlers))
    resource.addMethod(method, new LambdaIntegration(handler, { allowTestInvoke: false }));
  const preflight = resource.addCorsPreflight({
    // Several origins need a template, which would set the headers that are dropped below.
    allowOrigins: forOwnPages ? ["*"] : ALLOWED_ORIGINS.split(","),
    allowMethods: methods,
    allowHeaders: allowedHeaders(settings),
    // CORS forbids credentials with a wildcard origin.
    allowCredentials: ALLOWED_ORIGINS !== "*" && !forOwnPages,
    exposeHeaders: exposedHeaders,
    maxAge: Duration.hours(1),
  });
  completePreflight(methodOf(preflight));
  if (forOwnPages) refuseOtherOrigins(methodOf(preflight));
  const gatewaysOwn = Object.entries(gatewayHeaders(ALLOWED_ORIGINS)).filter(
    ([name]) => !forOwnPages || !isForCors(name),
  );
  addMethodNotAllowed(resource, [...methods, "OPTIONS"].join(", "), Object.fromEntries(gatewaysOwn));
};
