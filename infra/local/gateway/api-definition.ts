import * as z from "zod";
import { compileMockIntegration, type MockIntegration } from "./mock-integration.ts";
import type { ApiIdentity } from "./proxy-event.ts";
import { attach, createNode, type Node } from "./route-tree.ts";
import { arn } from "../aws/local-account.ts";
import type { Resource, Templates } from "../cloudformation/templates.ts";

type ProxyMethod = { functionArn: string; timeoutMilliseconds: number; mayInvoke: boolean };
export type Method = ProxyMethod | { mock: MockIntegration };
export type Api = ApiIdentity & {
  root: Node<Method>;
  minimumCompressionBytes: number | undefined;
  binaryMediaTypes: string[];
};

const integrationTimeoutMilliseconds = 29_000;

const apiSchema = z.object({
  MinimumCompressionSize: z.coerce.number().optional(),
  BinaryMediaTypes: z.array(z.string()).default([]),
});
const resourceSchema = z.object({ ParentId: z.string(), PathPart: z.string() });
const methodSchema = z.object({
  HttpMethod: z.string(),
  ResourceId: z.string(),
  AuthorizationType: z.literal("NONE"),
  Integration: z.object({
    Type: z.enum(["AWS_PROXY", "MOCK"]),
    Uri: z.string().optional(),
    TimeoutInMillis: z.coerce.number().default(integrationTimeoutMilliseconds),
  }),
});

const permissionSchema = z.object({
  FunctionName: z.string(),
  Principal: z.string(),
  SourceArn: z.string().default("*"),
});

const matchesPattern = (pattern: string, text: string): boolean => {
  const literal = pattern.replaceAll(/[.+?^${}()|[\]\\]/g, String.raw`\$&`);
  return new RegExp(`^${literal.replaceAll("*", ".*")}$`).test(text);
};

type Permits = (functionArn: string, methodArn: string) => boolean;

const loadPermissions = (templates: Templates): Permits => {
  const permissions = templates
    .ofType("AWS::Lambda::Permission")
    .map((resource) => permissionSchema.parse(resource.properties()))
    .filter(({ Principal }) => Principal === "apigateway.amazonaws.com");
  return (functionArn, methodArn) =>
    permissions.some(
      ({ FunctionName, SourceArn }) =>
        (functionArn === FunctionName || functionArn.endsWith(`:function:${FunctionName}`)) &&
        matchesPattern(SourceArn, methodArn),
    );
};

type Definition = z.output<typeof methodSchema>;

const integrationOf = (
  resource: Resource,
  { Integration }: Definition,
  mayInvoke: (functionArn: string) => boolean,
): Method => {
  if (Integration.Type === "MOCK")
    return { mock: compileMockIntegration(resource.properties()["Integration"]) };
  const functionArn = /functions\/(arn:.*)\/invocations$/.exec(Integration.Uri ?? "")?.[1];
  if (functionArn === undefined) throw new Error(`${resource.logicalId}: the integration names no function`);
  return {
    functionArn,
    timeoutMilliseconds: Integration.TimeoutInMillis,
    mayInvoke: mayInvoke(functionArn),
  };
};

export const loadApi = (templates: Templates): Api => {
  const [api, ...others] = templates.ofType("AWS::ApiGateway::RestApi");
  const [stage] = templates.ofType("AWS::ApiGateway::Stage");
  if (api === undefined || others.length > 0) throw new Error("the templates must hold exactly one RestApi");
  const { ref: apiId, attributes } = api.identity();
  const rootId = attributes["RootResourceId"] ?? "";
  const { MinimumCompressionSize, BinaryMediaTypes } = apiSchema.parse(api.properties());

  const root = createNode<Method>("/", rootId);
  const nodes = new Map([[rootId, root]]);
  const definitions = templates
    .ofType("AWS::ApiGateway::Resource")
    .map((resource) => ({ id: resource.identity().ref, ...resourceSchema.parse(resource.properties()) }));
  const nodeOf = (id: string): Node<Method> => {
    const existing = nodes.get(id);
    if (existing) return existing;
    const definition = definitions.find((one) => one.id === id);
    if (definition === undefined) throw new Error(`the API has no resource ${id}`);
    const parent = nodeOf(definition.ParentId);
    const node = createNode<Method>(`${parent.resource.replace(/\/$/, "")}/${definition.PathPart}`, id);
    attach(parent, definition.PathPart, node);
    nodes.set(id, node);
    return node;
  };
  const stageName = stage?.identity().ref ?? "local";
  const permits = loadPermissions(templates);
  for (const resource of templates.ofType("AWS::ApiGateway::Method")) {
    const definition = methodSchema.parse(resource.properties());
    const node = nodeOf(definition.ResourceId);
    const methodArn = arn("execute-api", `${apiId}/${stageName}/${definition.HttpMethod}${node.resource}`);
    const method = integrationOf(resource, definition, (functionArn) => permits(functionArn, methodArn));
    node.methods.set(definition.HttpMethod, method);
  }
  return {
    apiId,
    stage: stageName,
    root,
    minimumCompressionBytes: MinimumCompressionSize,
    binaryMediaTypes: BinaryMediaTypes,
  };
};
