import * as z from "zod";
import { compileMockIntegration, type MockIntegration } from "./mock-integration.ts";
import type { ApiIdentity } from "./proxy-event.ts";
import { attach, createNode, type Node } from "./route-tree.ts";
import type { Resource, Templates } from "../cloudformation/templates.ts";

export type Method = { functionArn: string; timeoutMilliseconds: number } | { mock: MockIntegration };
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

const methodOf = (resource: Resource) => {
  const { HttpMethod, ResourceId, Integration } = methodSchema.parse(resource.properties());
  const functionArn = /functions\/(arn:.*)\/invocations$/.exec(Integration.Uri ?? "")?.[1];
  if (Integration.Type === "MOCK") {
    const method: Method = { mock: compileMockIntegration(resource.properties()["Integration"]) };
    return { HttpMethod, ResourceId, method };
  }
  if (functionArn === undefined) throw new Error(`${resource.logicalId}: the integration names no function`);
  const method: Method = { functionArn, timeoutMilliseconds: Integration.TimeoutInMillis };
  return { HttpMethod, ResourceId, method };
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
  for (const resource of templates.ofType("AWS::ApiGateway::Method")) {
    const { HttpMethod, ResourceId, method } = methodOf(resource);
    nodeOf(ResourceId).methods.set(HttpMethod, method);
  }
  return {
    apiId,
    stage: stage?.identity().ref ?? "local",
    root,
    minimumCompressionBytes: MinimumCompressionSize,
    binaryMediaTypes: BinaryMediaTypes,
  };
};
