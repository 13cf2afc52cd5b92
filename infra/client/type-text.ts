// Prints schemas of the contract as TypeScript types that need no package.
import * as z from "zod";

type JsonSchema = z.core.JSONSchema.BaseSchema;
type Part = z.core.JSONSchema._JSONSchema | readonly z.core.JSONSchema._JSONSchema[] | undefined;

/** Definitions of schemas with an id, which answers share. */
export type NamedTypes = Record<string, string>;

const literals = (values: readonly unknown[]): string =>
  values.map((value) => JSON.stringify(value)).join(" | ");

const members = (schema: JsonSchema): string => {
  const required = new Set(schema.required);
  const lines = Object.entries(schema.properties ?? {}).map(([name, property]) => {
    const type = typeText(property);
    return required.has(name) ? `${name}: ${type}` : `${name}?: ${type} | undefined`;
  });
  return lines.length === 0 ? "Record<string, never>" : `{ ${lines.join("; ")} }`;
};

const plain: Record<string, string> = {
  string: "string",
  boolean: "boolean",
  number: "number",
  integer: "number",
  null: "null",
};

const typeText = (part: Part): string => {
  const schema = part as JsonSchema;
  if (schema.$ref !== undefined) return schema.$ref.replace("#/$defs/", "");
  if (schema.allOf) return schema.allOf.map((part) => typeText(part)).join(" & ");
  const parts = schema.anyOf ?? schema.oneOf;
  if (parts) return parts.map((part) => typeText(part)).join(" | ");
  if (schema.enum) return literals(schema.enum);
  if (schema.const !== undefined) return literals([schema.const]);
  if (schema.type === "object") return members(schema);
  if (schema.type === "array") return `readonly (${typeText(schema.items)})[]`;
  const known = plain[String(schema.type)];
  if (known === undefined) throw new Error(`no type for ${JSON.stringify(schema)}`);
  return known;
};

/** The type of what is sent (`input`) or answered (`output`). Named schemas go into `named`. */
export const typeOf = (schema: z.ZodType, io: "input" | "output", named: NamedTypes): string => {
  const { $defs = {}, ...root } = z.toJSONSchema(schema, { io, reused: "inline" });
  for (const [name, definition] of Object.entries($defs)) named[name] = typeText(definition);
  return typeText(root);
};
