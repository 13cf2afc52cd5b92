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
    requestId: "0b9d2c6e-5d53-4c0e-9a52-7f3f8f6f2f10",
    identity: { sourceIp: "192.0.2.1" },
  } as APIGatewayProxyEvent["requestContext"],
  ...changes,
});

export const lambdaContext = { awsRequestId: "invocation" } as Context;
