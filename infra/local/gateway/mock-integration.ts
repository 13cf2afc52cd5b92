import * as z from "zod";
import type { GatewayResponseType, HttpAnswer } from "./default-responses.ts";
import type { GatewayRequest } from "./proxy-event.ts";
import { compileMappingTemplate, type CompiledTemplate, type Scope } from "./mapping-template.ts";

const templatesSchema = z.record(z.string(), z.string()).default({});
const integrationSchema = z.object({
  RequestTemplates: templatesSchema,
  PassthroughBehavior: z.enum(["WHEN_NO_MATCH", "WHEN_NO_TEMPLATES", "NEVER"]).default("WHEN_NO_MATCH"),
  IntegrationResponses: z.array(
    z.object({
      StatusCode: z.coerce.number(),
      SelectionPattern: z.string().optional(),
      ResponseParameters: z.record(z.string(), z.string()).default({}),
      ResponseTemplates: templatesSchema,
    }),
  ),
});

export type MockIntegration = (request: GatewayRequest, resource: string) => HttpAnswer | GatewayResponseType;

const headerPrefix = "method.response.header.";
const compileAll = (templates: Record<string, string>) =>
  new Map<string, CompiledTemplate>(
    Object.entries(templates).map(([contentType, source]) => [contentType, compileMappingTemplate(source)]),
  );

/** Matches `{ statusCode: 200 }` with or without quotes. */
const statusCode = /["']?statusCode["']?\s*:\s*(\d{3})/;

type HeaderValue = (request: GatewayRequest) => string;

const headerValue = (value: string): HeaderValue => {
  const literal = /^'(.*)'$/.exec(value)?.[1];
  if (literal !== undefined) return () => literal;
  if (value === "context.requestId") return ({ requestId }) => requestId;
  throw new Error(`mock integration: the header value ${value} is not supported locally`);
};

const compileHeaders = (parameters: Record<string, string>): [string, HeaderValue][] =>
  Object.entries(parameters).map(([name, value]) => {
    if (!name.startsWith(headerPrefix)) throw new Error(`mock integration: ${name} is not supported locally`);
    return [name.slice(headerPrefix.length), headerValue(value)];
  });

const scopeOf = (request: GatewayRequest, resource: string): Scope => ({
  context: {
    requestId: request.requestId,
    httpMethod: request.method,
    path: request.path,
    resourcePath: resource,
    identity: { sourceIp: request.sourceIp },
  },
  header: (name) => {
    const at = request.rawHeaders.findIndex((given, index) => index % 2 === 0 && given === name);
    return at === -1 ? "" : (request.rawHeaders[at + 1] ?? "");
  },
  query: (name) => request.query.get(name) ?? "",
  variables: new Map(),
  overrides: new Map(),
});

export const compileMockIntegration = (definition: unknown): MockIntegration => {
  const { RequestTemplates, PassthroughBehavior, IntegrationResponses } = integrationSchema.parse(definition);
  const requestTemplates = compileAll(RequestTemplates);
  const responses = IntegrationResponses.map((response) => ({
    status: response.StatusCode,
    pattern:
      response.SelectionPattern === undefined ? undefined : new RegExp(`^(?:${response.SelectionPattern})$`),
    headers: compileHeaders(response.ResponseParameters),
    templates: compileAll(response.ResponseTemplates),
  }));

  return (request, resource) => {
    const [contentType = ""] = (request.headers["content-type"] ?? "application/json").split(";");
    const template = requestTemplates.get(contentType.trim().toLowerCase());
    const refuses =
      PassthroughBehavior === "NEVER" ||
      (PassthroughBehavior === "WHEN_NO_TEMPLATES" && requestTemplates.size > 0);
    if (template === undefined && refuses) return "UNSUPPORTED_MEDIA_TYPE";
    const scope = scopeOf(request, resource);
    const code = statusCode.exec(template ? template(scope) : request.body.toString())?.[1];
    if (code === undefined) return "API_CONFIGURATION_ERROR";
    const response =
      responses.find(({ pattern }) => pattern?.test(code)) ??
      responses.find(({ pattern }) => pattern === undefined);
    if (response === undefined) return "API_CONFIGURATION_ERROR";

    const [[responseType, render] = ["application/json", () => ""]] = response.templates;
    const body = render(scope);
    const headers = new Map<string, [string, string]>();
    for (const [name, value] of response.headers) headers.set(name.toLowerCase(), [name, value(request)]);
    for (const [name, value] of scope.overrides) headers.set(name.toLowerCase(), [name, value]);
    return {
      status: response.status,
      headers: [["Content-Type", responseType], ...headers.values()],
      body: response.status === 204 ? "" : body,
    };
  };
};
