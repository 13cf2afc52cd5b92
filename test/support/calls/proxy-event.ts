// The smallest API Gateway proxy event and Lambda context that handlers accept.
import type { APIGatewayProxyEvent, Context } from "aws-lambda";

export const proxyEvent = (changes: Partial<APIGatewayProxyEvent> = {}): APIGatewayProxyEvent => ({
  resource: "/",
  path: "/",
  httpMethod: "POST",
  headers: { "Content-Type": "application/json" },
  multiValueHeaders: {},
  queryStringParameters: null,
  multiValueQueryStringParameters: null,
  pathParameters: null,
  stageVariables: null,
  body: null,
  isBase64Encoded: false,
  // Handlers read only these two.
  requestContext: {
    requestId: "request",
    identity: { sourceIp: "192.0.2.1" },
  } as APIGatewayProxyEvent["requestContext"],
  ...changes,
});

export const lambdaContext = { awsRequestId: "invocation" } as Context;
