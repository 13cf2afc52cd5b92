// What the admin page shows of the attributes. It is computed when the page is built, because the
// schemas would bring zod into the browser.
import * as z from "zod";
import type { Attribute } from "./attribute.ts";
import { attributeEntries, type AttributeName } from "./stored-attributes.ts";

export type AttributeField = Pick<Attribute, "label" | "writtenBy"> & {
  name: AttributeName;
  kind: "text" | "number" | "flag" | "choice";
  listed: boolean;
  canBeUnset: boolean;
  choices: Readonly<Record<string, string>>;
  maxLength?: number | undefined;
};

const kindOf = ({ enum: values, type }: z.core.JSONSchema.BaseSchema): AttributeField["kind"] => {
  if (values) return "choice";
  if (type === "boolean") return "flag";
  return type === "number" || type === "integer" ? "number" : "text";
};

const fieldOf = ([name, attribute]: [AttributeName, Attribute]): AttributeField => {
  const { label, schema, writtenBy, listed = false, choices: words = {} } = attribute;
  const json = z.toJSONSchema(schema, { io: "output", unrepresentable: "any" });
  const kind = kindOf(json);
  const values = kind === "flag" ? [true, false] : (json.enum ?? []);
  const named: Record<string, string> = { ...(kind === "flag" && { true: "Yes", false: "No" }), ...words };
  const choices = values.map((value) => [value, named[String(value)] ?? value]);
  return {
    name,
    label,
    kind,
    writtenBy,
    listed,
    canBeUnset: attribute.default === undefined,
    choices: Object.fromEntries(choices),
    maxLength: json.maxLength,
  };
};

export const attributeFields = attributeEntries.map(fieldOf);
