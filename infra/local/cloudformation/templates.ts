// Only what the runner reads is resolved. An unknown intrinsic is an error.
import * as z from "zod";
import { accountId, region } from "../aws/local-account.ts";
import { type Identity, identifyResource } from "./resource-identity.ts";

const resourceSchema = z.object({
  Type: z.string(),
  Condition: z.string().optional(),
  Properties: z.record(z.string(), z.unknown()).default({}),
  Metadata: z.record(z.string(), z.unknown()).default({}),
});

const templateSchema = z.object({
  Resources: z.record(z.string(), resourceSchema).default({}),
  Parameters: z.record(z.string(), z.object({ Default: z.unknown().optional() })).default({}),
  Outputs: z
    .record(z.string(), z.object({ Value: z.unknown(), Export: z.object({ Name: z.unknown() }).optional() }))
    .default({}),
});

export type StackTemplate = { stackName: string; template: unknown };
export type Resource = {
  stackName: string;
  logicalId: string;
  type: string;
  properties: () => Record<string, unknown>;
  metadata: Record<string, unknown>;
  identity: () => Identity;
};
export type Templates = {
  ofType: (...types: string[]) => Resource[];
  find: (reference: string, ...types: string[]) => Resource;
  outputs: () => Record<string, string>;
};

const pseudoParameters: Record<string, unknown> = {
  "AWS::AccountId": accountId,
  "AWS::Region": region,
  "AWS::Partition": "aws",
  "AWS::URLSuffix": "amazonaws.com",
  "AWS::NoValue": undefined,
};

const record = z.record(z.string(), z.unknown());
const joinArguments = z.tuple([z.string(), z.unknown()]);
const selectArguments = z.tuple([z.coerce.number(), z.unknown()]);
const attributeName = z.union([
  z.tuple([z.string(), z.string()]),
  z.string().transform((dotted): [string, string] => {
    const dot = dotted.indexOf(".");
    return [dotted.slice(0, dot), dotted.slice(dot + 1)];
  }),
]);
const substitution = z.union([
  z.string().transform((text): [string, Record<string, unknown>] => [text, {}]),
  z.tuple([z.string(), record]),
]);

export const loadTemplates = (stacks: readonly StackTemplate[], awsEndpointUrl: string): Templates => {
  const parsed = stacks.map(({ stackName, template }) => ({
    stackName,
    template: templateSchema.parse(template),
  }));
  const resources = new Map<string, Resource>();
  const exportsByName = new Map<string, () => unknown>();

  const resolver = (stackName: string, parameters: Record<string, { Default?: unknown }>) => {
    const identityOf = (logicalId: string): Identity => {
      const resource = resources.get(`${stackName}/${logicalId}`);
      if (resource === undefined) throw new Error(`${stackName}: there is no resource ${logicalId}`);
      return resource.identity();
    };
    const ref = (name: string): unknown => {
      if (name === "AWS::StackName") return stackName;
      if (name === "AWS::StackId")
        return `arn:aws:cloudformation:${region}:${accountId}:stack/${stackName}/local`;
      if (name in pseudoParameters) return pseudoParameters[name];
      return name in parameters ? parameters[name]?.Default : identityOf(name).ref;
    };
    const attribute = (logicalId: string, name: string): string => {
      const value = identityOf(logicalId).attributes[name];
      if (value === undefined) throw new Error(`${stackName}: ${logicalId} has no attribute ${name} locally`);
      return value;
    };
    const texts = (value: unknown): string[] => z.array(z.coerce.string()).parse(resolve(value));
    const intrinsics: Record<string, (argument: unknown) => unknown> = {
      Ref: (argument) => ref(z.string().parse(argument)),
      "Fn::GetAtt": (argument) => attribute(...attributeName.parse(argument)),
      "Fn::Join": (argument) => {
        const [separator, parts] = joinArguments.parse(argument);
        return texts(parts).join(separator);
      },
      "Fn::Split": (argument) => {
        const [separator, text] = joinArguments.parse(argument);
        return z.string().parse(resolve(text)).split(separator);
      },
      "Fn::Select": (argument) => {
        const [index, list] = selectArguments.parse(argument);
        return texts(list)[index];
      },
      "Fn::Sub": (argument) => {
        const [text, values] = substitution.parse(argument);
        return text.replace(/\$\{(!?)([^}]+)\}/g, (whole, literal: string, name: string) => {
          if (literal !== "") return whole.replace("!", "");
          if (name in values) return String(resolve(values[name]));
          return name.includes(".") ? attribute(...attributeName.parse(name)) : String(ref(name));
        });
      },
      "Fn::ImportValue": (argument) => {
        const name = z.string().parse(resolve(argument));
        const value = exportsByName.get(name);
        if (value === undefined) throw new Error(`${stackName}: no stack exports ${name}`);
        return value();
      },
    };
    const resolve = (value: unknown): unknown => {
      if (typeof value === "string" && value.includes("{{resolve:")) {
        throw new Error(`${stackName}: dynamic references are not supported locally: ${value}`);
      }
      if (Array.isArray(value)) return value.map(resolve).filter((item) => item !== undefined);
      if (typeof value !== "object" || value === null) return value;
      const entries = Object.entries(value);
      const [first] = entries;
      if (
        entries.length === 1 &&
        first !== undefined &&
        (first[0] === "Ref" || first[0].startsWith("Fn::"))
      ) {
        const intrinsic = intrinsics[first[0]];
        if (intrinsic === undefined)
          throw new Error(`${stackName}: intrinsic ${first[0]} is not supported locally`);
        return intrinsic(first[1]);
      }
      return Object.fromEntries(entries.map(([key, item]) => [key, resolve(item)]));
    };
    return resolve;
  };

  const outputs: Record<string, () => unknown> = {};
  for (const { stackName, template } of parsed) {
    const resolve = resolver(stackName, template.Parameters);
    for (const [logicalId, { Type: type, Properties, Metadata: metadata, Condition }] of Object.entries(
      template.Resources,
    )) {
      const properties = () => {
        if (Condition !== undefined)
          throw new Error(`${stackName}: ${logicalId} has a Condition, which is not supported locally`);
        return record.parse(resolve(Properties));
      };
      const resource = { stackName, logicalId, type, properties, metadata };
      resources.set(`${stackName}/${logicalId}`, {
        ...resource,
        identity: () =>
          identifyResource(
            { ...resource, properties: () => record.parse(resolve(Properties)) },
            awsEndpointUrl,
          ),
      });
    }
    for (const [name, { Value, Export }] of Object.entries(template.Outputs)) {
      outputs[`${stackName}.${name}`] = () => resolve(Value);
      if (Export !== undefined)
        exportsByName.set(z.string().parse(resolve(Export.Name)), () => resolve(Value));
    }
  }

  const ofType = (...types: string[]) => [...resources.values()].filter(({ type }) => types.includes(type));
  return {
    ofType,
    find: (reference, ...types) => {
      const found = ofType(...types).find((resource) => {
        const { ref, attributes } = resource.identity();
        return ref === reference || attributes["Arn"] === reference;
      });
      if (found === undefined) throw new Error(`no ${types.join(" or ")} in the templates is ${reference}`);
      return found;
    },
    outputs: () =>
      Object.fromEntries(Object.entries(outputs).map(([name, value]) => [name, String(value())])),
  };
};
