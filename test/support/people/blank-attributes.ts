import type { Attribute } from "../../../shared/attributes/attribute.ts";
import { userAttributes } from "../../../shared/attributes/user-attributes.ts";

/** What answers to a person say about attributes that were never set. */
export const blankAttributes = Object.fromEntries(
  Object.entries<Attribute>(userAttributes)
    .filter(([, attribute]) => attribute.shownTo === "person" && attribute.default !== undefined)
    .map(([name, attribute]) => [name, attribute.default]),
);
