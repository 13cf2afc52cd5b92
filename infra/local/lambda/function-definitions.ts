import path from "node:path";
import * as z from "zod";
import { constructName } from "../aws/local-account.ts";
import type { Resource, Templates } from "../cloudformation/templates.ts";

export type FunctionDefinition = {
  label: string;
  name: string;
  arn: string;
  role: string;
  handler: string;
  codeFolder: string;
  timeoutSeconds: number;
  memoryMegabytes: number;
  reservedConcurrency: number | undefined;
  logFormat: string;
  variables: Record<string, string>;
};

const functionSchema = z.object({
  FunctionName: z.string().optional(),
  Handler: z.string(),
  Role: z.string(),
  Runtime: z.string().regex(/^nodejs/, "only Node.js functions are supported locally"),
  Timeout: z.coerce.number().default(3),
  MemorySize: z.coerce.number().default(128),
  ReservedConcurrentExecutions: z.coerce.number().optional(),
  LoggingConfig: z.object({ LogFormat: z.string().default("Text") }).default({ LogFormat: "Text" }),
  Environment: z
    .object({ Variables: z.record(z.string(), z.string()).default({}) })
    .default({ Variables: {} }),
});

/** CDK adds these functions for deployments. The runner does their work itself. */
const isDeploymentHelper = ({ logicalId }: Resource) =>
  logicalId.startsWith("AWSCDKTrigger") || logicalId.startsWith("CustomCrossRegion");

const define = (resource: Resource): FunctionDefinition => {
  const { stackName, logicalId, metadata } = resource;
  const properties = functionSchema.parse(resource.properties());
  const asset = z
    .string({ error: `${stackName}: ${logicalId} has no aws:asset:path` })
    .parse(metadata["aws:asset:path"]);
  const { ref: name, attributes } = resource.identity();
  return {
    label: constructName(logicalId),
    name,
    arn: attributes["Arn"] ?? name,
    role: properties.Role,
    handler: properties.Handler,
    codeFolder: path.resolve(asset),
    timeoutSeconds: properties.Timeout,
    memoryMegabytes: properties.MemorySize,
    reservedConcurrency: properties.ReservedConcurrentExecutions,
    logFormat: properties.LoggingConfig.LogFormat,
    variables: properties.Environment.Variables,
  };
};

export const loadFunctions = (templates: Templates): FunctionDefinition[] =>
  templates
    .ofType("AWS::Lambda::Function")
    .filter((resource) => !isDeploymentHelper(resource))
    .map(define);
