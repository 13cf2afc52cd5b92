import * as z from "zod";
import type { GatewayRequest } from "./proxy-event.ts";
import type { Templates } from "../cloudformation/templates.ts";

export type HttpAnswer = { status: number; headers: [name: string, value: string][]; body: Buffer | string };

const types = {
  MISSING_AUTHENTICATION_TOKEN: {
    status: 403,
    message: "Missing Authentication Token",
    error: "MissingAuthenticationTokenException",
  },
  DEFAULT_4XX: {
    status: 403,
    message: "Invalid key=value pair (missing equal-sign) in Authorization header.",
    error: "IncompleteSignatureException",
  },
  REQUEST_TOO_LARGE: { status: 413, message: "Request Too Long", error: "RequestTooLargeException" },
  UNSUPPORTED_MEDIA_TYPE: { status: 415, message: "Unsupported Media Type", error: "BadRequestException" },
  BAD_REQUEST: { status: 400, message: "Bad Request", error: "BadRequestException" },
  INTEGRATION_TIMEOUT: {
    status: 504,
    message: "Endpoint request timed out",
    error: "InternalServerErrorException",
  },
  INTEGRATION_FAILURE: {
    status: 502,
    message: "Internal server error",
    error: "InternalServerErrorException",
  },
  FUNCTION_THROTTLED: {
    status: 500,
    message: "Internal server error",
    error: "InternalServerErrorException",
  },
  API_CONFIGURATION_ERROR: {
    status: 500,
    message: "Internal server error",
    error: "InternalServerErrorException",
  },
} as const;
export type GatewayResponseType = keyof typeof types;

/** They differ in the default status only (DataBiosphere/azul#6624 and #8192). */
const nameOf = (type: GatewayResponseType): string =>
  type === "FUNCTION_THROTTLED" ? "INTEGRATION_FAILURE" : type;

const responseSchema = z.object({
  ResponseType: z.string(),
  StatusCode: z.coerce.number().optional(),
  ResponseParameters: z.record(z.string(), z.string()).default({}),
  ResponseTemplates: z.record(z.string(), z.string()).default({}),
});
type Override = z.output<typeof responseSchema>;

const defaultTemplates = { "application/json": '{"message":$context.error.messageString}' };
const headerPrefix = "gatewayresponse.header.";

export type GatewayResponses = (type: GatewayResponseType, request: GatewayRequest) => HttpAnswer;

const variablesOf = (type: GatewayResponseType, { requestId, method, path, sourceIp }: GatewayRequest) => ({
  "context.error.message": types[type].message,
  "context.error.messageString": JSON.stringify(types[type].message),
  "context.error.responseType": nameOf(type),
  "context.requestId": requestId,
  "context.httpMethod": method,
  "context.path": path,
  "context.identity.sourceIp": sourceIp,
});
/** This request serves only to find unknown variables at start. */
const sampleRequest: GatewayRequest = {
  requestId: "",
  method: "",
  path: "",
  query: new URLSearchParams(),
  rawHeaders: [],
  headers: {},
  sourceIp: "",
  receivedAt: 0,
  body: Buffer.alloc(0),
};

const render = (
  type: GatewayResponseType,
  { StatusCode, ResponseParameters, ResponseTemplates }: Partial<Override>,
  request: GatewayRequest,
): HttpAnswer => {
  const variables = new Map(Object.entries(variablesOf(type, request)));
  const valueOf = (name: string): string => {
    const value = variables.get(name);
    if (value === undefined) throw new Error(`gateway response: $${name} is not supported locally`);
    return value;
  };
  const [[contentType, template] = ["application/json", ""]] = Object.entries(
    ResponseTemplates ?? defaultTemplates,
  );
  const headers = Object.entries(ResponseParameters ?? {}).map(([name, value]): [string, string] => {
    if (!name.startsWith(headerPrefix)) throw new Error(`gateway response: ${name} is not supported locally`);
    const literal = /^'(.*)'$/.exec(value);
    return [name.slice(headerPrefix.length), literal?.[1] ?? valueOf(value)];
  });
  return {
    status: StatusCode ?? types[type].status,
    headers: [["Content-Type", contentType], ["x-amzn-ErrorType", types[type].error], ...headers],
    body: template.replace(/\$(context(?:\.\w+)+)/g, (_, name: string) => valueOf(name)),
  };
};

export const loadGatewayResponses = (templates: Templates): GatewayResponses => {
  const overrides = new Map(
    templates.ofType("AWS::ApiGateway::GatewayResponse").map((resource) => {
      const parsed = responseSchema.parse(resource.properties());
      const hasTemplate = Object.keys(parsed.ResponseTemplates).length > 0;
      const override: Override = hasTemplate ? parsed : { ...parsed, ResponseTemplates: defaultTemplates };
      return [parsed.ResponseType, override] as const;
    }),
  );
  for (const override of overrides.values()) render("BAD_REQUEST", override, sampleRequest);
  return (type, request) => {
    const family = types[type].status < 500 ? "DEFAULT_4XX" : "DEFAULT_5XX";
    return render(type, overrides.get(nameOf(type)) ?? overrides.get(family) ?? {}, request);
  };
};
