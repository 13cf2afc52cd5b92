import type { AttributeField } from "../../shared/attributes/attribute-fields.ts";
import type { AdminUser } from "./data-provider.ts";

export type { AttributeField };

/** `infra/bundling/page-assets.ts` puts the list here. */
declare const ATTRIBUTE_FIELDS: readonly AttributeField[];
export const attributeFields = ATTRIBUTE_FIELDS;

export const editableFields = attributeFields.filter(({ writtenBy }) => writtenBy !== "import");

export const notChosen = "Not chosen";

export const isClosed = ({ kind }: AttributeField): boolean => kind === "choice" || kind === "flag";

const textOf = (value: string | number | boolean | null): string => String(value ?? "");

export const typedValue = (user: AdminUser, { name }: AttributeField): string => textOf(user[name]);

export const shownValue = (user: AdminUser, field: AttributeField): string => {
  const value = typedValue(user, field);
  return field.choices[value] ?? (isClosed(field) ? notChosen : value);
};

export const sentValue = ({ kind, canBeUnset }: AttributeField, typed: string) => {
  if (typed === "" && canBeUnset) return null;
  if (kind === "flag") return typed === "true";
  // Without a number, JSON has `null`, which the API refuses with a sentence.
  return kind === "number" ? Number(typed || Number.NaN) : typed;
};
