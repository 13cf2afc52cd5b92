// Prints schemas of the contract as TypeScript types that need no package.
import * as z from "zod";

type JsonSchema = z.core.JSONSchema.JSONSchema;
type Part = z.core.JSONSchema._JSONSchema | readonly z.core.JSONSchema._JSONSchema[] | undefined;

/** Declarations of schemas with an id, which several operations share. */
export type NamedTypes = Record<string, string>;

export const docOf = (text: string | undefined): string =>
  text === undefined ? "" : `/** ${text.replaceAll("*/", String.raw`*\/`)} */\n`;

const either = (types: readonly string[]): string => [...new Set(types)].join(" | ");
const literals = (values: readonly unknown[]): string => either(values.map((value) => JSON.stringify(value)));

const members = ({ properties = {}, required = [], additionalProperties }: JsonSchema): string => {
  if (typeof additionalProperties === "object") throw new Error("no type for members without fixed names");
  const lines = Object.entries(properties).map(([name, property]) => {
    const { description } = property as JsonSchema;
    const type = typeText(property);
    const member = required.includes(name) ? `: ${type}` : `?: ${type} | undefined`;
    return `${docOf(description)}${JSON.stringify(name)}${member}`;
  });
  if (lines.length === 0) return "Record<string, never>";
  return `{${lines.join("").includes("/**") ? "\n" : " "}${lines.join(";\n")} }`;
};

const plain: Record<string, string> = {
  string: "string",
  boolean: "boolean",
  number: "number",
  integer: "number",
  null: "null",
};

const nameIn = (reference: string): string => {
  const [, name] = /^#\/\$defs\/([A-Z][A-Za-z0-9]*)$/.exec(reference) ?? [];
  if (name === undefined) throw new Error(`no name for the type of ${reference}`);
  return name;
};

const typeText = (part: Part): string => {
  const schema = (part ?? {}) as JsonSchema;
  if (schema.$ref !== undefined) return nameIn(schema.$ref);
  if (schema.allOf) return schema.allOf.map((one) => `(${typeText(one)})`).join(" & ");
  const parts = schema.anyOf ?? schema.oneOf;
  if (parts) return either(parts.map((one) => typeText(one)));
  if (schema.enum) return literals(schema.enum);
  if (schema.const !== undefined) return literals([schema.const]);
  if (Array.isArray(schema.type)) return either(schema.type.map((type) => typeText({ ...schema, type })));
  if (schema.type === "object") return members(schema);
  if (schema.type === "array" && !schema.prefixItems) return `(${typeText(schema.items)})[]`;
  const known = plain[String(schema.type)];
  if (known === undefined) throw new Error(`no type for ${JSON.stringify(schema)}`);
  return known;
};

/** What is sent (`input`) or answered (`output`). Schemas with an id go into `named`. */
export const typeOf = (schema: z.ZodType, io: "input" | "output", named: NamedTypes): string => {
  const { $defs = {}, ...root } = z.toJSONSchema(schema, { io, reused: "inline" });
  for (const [name, definition] of Object.entries($defs)) {
    const declaration = `${docOf(definition.description)}export type ${nameIn(`#/$defs/${name}`)} = ${typeText(definition)};`;
    if ((named[name] ??= declaration) !== declaration) throw new Error(`two types have the name ${name}`);
  }
  return typeText(root);
};
