// The attributes as items hold them. Items may be older than an attribute, or newer, after a
// rollback: a value that is missing or impossible reads as the default.
import type * as z from "zod";
import { camelCase, valueSchema, type Attribute, type CamelCase, type ValueSchema } from "./attribute.ts";
import { userAttributes } from "./user-attributes.ts";

export type Attributes = typeof userAttributes;
export type AttributeName = keyof Attributes;
export type StoredName = CamelCase<AttributeName>;

export const attributeEntries = Object.entries<Attribute>(userAttributes) as [AttributeName, Attribute][];
export const storedNames: readonly StoredName[] = attributeEntries.map(([name]) => camelCase(name));

type StoredSchema<A extends Attribute> = z.ZodCatch<
  A extends { default: unknown }
    ? z.ZodDefault<ValueSchema<A["schema"]>>
    : z.ZodOptional<ValueSchema<A["schema"]>>
>;
type StoredShape = { [Name in AttributeName as CamelCase<Name>]: StoredSchema<Attributes[Name]> };

const storedSchema = ({ schema, default: value }: Attribute) =>
  (value === undefined ? valueSchema(schema).optional() : valueSchema(schema).default(value)).catch(value);

export const storedAttributes = Object.fromEntries(
  attributeEntries.map(([name, attribute]) => [camelCase(name), storedSchema(attribute)]),
) as unknown as StoredShape;

export type StoredAttributes = z.output<z.ZodObject<StoredShape>>;

type Defaults = {
  [
    Name in AttributeName as Attributes[Name] extends { default: unknown } ? CamelCase<Name> : never
  ]: z.output<Attributes[Name]["schema"]>;
};

export const noAttributes = Object.fromEntries(
  attributeEntries.flatMap(([name, { default: value }]) =>
    value === undefined ? [] : [[camelCase(name), value]],
  ),
) as Defaults;

export const attributesOf = (person: StoredAttributes): StoredAttributes =>
  Object.fromEntries(storedNames.map((name) => [name, person[name]])) as StoredAttributes;
