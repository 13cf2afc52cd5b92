import type * as z from "zod";
import { valueSchema, type Attribute, type ValueSchema } from "./attribute.ts";
import { attributeEntries, type AttributeName, type Attributes } from "./stored-attributes.ts";

type Writer = Attribute["writtenBy"];
type WrittenBy<By extends Writer> = {
  [Name in AttributeName]: Attributes[Name]["writtenBy"] extends By ? Name : never;
}[AttributeName];
type ShownToPerson = {
  [Name in AttributeName]: Attributes[Name]["shownTo"] extends "person" ? Name : never;
}[AttributeName];
type IfDefault<A extends Attribute, Then, Else> = A extends { default: unknown } ? Then : Else;
type Schema<Name extends AttributeName> = Attributes[Name]["schema"];
type Value<Name extends AttributeName> = ValueSchema<Schema<Name>>;

type Registered = {
  [Name in WrittenBy<"person">]: IfDefault<
    Attributes[Name],
    z.ZodDefault<Schema<Name>>,
    z.ZodOptional<Schema<Name>>
  >;
};
type Import<A extends Attribute> = A extends { imported: infer S extends z.ZodType } ? S : A["schema"];
type Imported = {
  [Name in AttributeName]: IfDefault<
    Attributes[Name],
    z.ZodDefault<Import<Attributes[Name]>>,
    z.ZodOptional<Import<Attributes[Name]>>
  >;
};
type Brought<By extends Writer> = { [Name in WrittenBy<By>]: z.ZodOptional<Schema<Name>> };
type Changed<By extends Writer> = {
  [Name in WrittenBy<By>]: z.ZodOptional<
    IfDefault<Attributes[Name], Schema<Name>, z.ZodNullable<Schema<Name>>>
  >;
};
type Shown = {
  [Name in ShownToPerson]: IfDefault<Attributes[Name], Value<Name>, z.ZodOptional<Value<Name>>>;
};
type Told = { [Name in AttributeName]: IfDefault<Attributes[Name], Value<Name>, z.ZodNullable<Value<Name>>> };

const shapeOf = (
  isIn: (attribute: Attribute) => boolean,
  schemaOf: (attribute: Attribute) => z.ZodType,
): unknown =>
  Object.fromEntries(
    attributeEntries
      .filter(([, attribute]) => isIn(attribute))
      .map(([name, attribute]) => [name, schemaOf(attribute)]),
  );

const isWrittenBy =
  (...writers: Writer[]) =>
  ({ writtenBy }: Attribute): boolean =>
    writers.includes(writtenBy);

const change = ({ schema, default: value }: Attribute) =>
  value === undefined ? schema.nullable().optional() : schema.optional();

const creation = ({ schema, default: value }: Attribute) =>
  value === undefined ? schema.optional() : schema.default(value);

export const registeredAttributes = shapeOf(isWrittenBy("person"), creation) as Registered;
export const importedAttributes = shapeOf(
  () => true,
  ({ schema, imported = schema, ...attribute }) => creation({ ...attribute, schema: imported }),
) as Imported;
const optional = ({ schema }: Attribute) => schema.optional();

export const broughtAttributes = shapeOf(isWrittenBy("person"), optional) as Brought<"person">;
export const invitedAttributes = shapeOf(isWrittenBy("person", "staff"), optional) as Brought<
  "person" | "staff"
>;
export const ownChanges = shapeOf(isWrittenBy("person"), change) as Changed<"person">;
export const staffChanges = shapeOf(isWrittenBy("person", "staff"), change) as Changed<"person" | "staff">;

export const attributesForPerson = shapeOf(
  ({ shownTo }) => shownTo === "person",
  ({ schema, default: value }) =>
    value === undefined ? valueSchema(schema).optional() : valueSchema(schema),
) as Shown;
/** For staff and exports: an attribute that is not set is `null` there. */
export const allAttributes = shapeOf(
  () => true,
  ({ schema, default: value }) =>
    value === undefined ? valueSchema(schema).nullable() : valueSchema(schema),
) as Told;
