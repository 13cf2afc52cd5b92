import type * as z from "zod";
import type {
  allAttributes,
  attributesForPerson,
  importedAttributes,
} from "../attributes/attribute-schemas.ts";
import { camelCase, type Attribute } from "../attributes/attribute.ts";
import {
  attributeEntries,
  noAttributes,
  type AttributeName,
  type Attributes,
  type StoredAttributes,
} from "../attributes/stored-attributes.ts";
import type { User } from "../store/user-items.ts";

type ProfileBody = { username?: string | undefined } & {
  [Name in AttributeName]?: z.output<Attributes[Name]["schema"]> | null | undefined;
};
type Profile = Pick<User, "username"> & StoredAttributes;
type Shown<Shape extends z.ZodRawShape> = z.output<z.ZodObject<Shape>>;

export const profileIn = ({ username, ...body }: ProfileBody): Partial<Profile> => ({
  ...(username !== undefined && { username }),
  ...Object.fromEntries(
    attributeEntries
      .filter(([name]) => body[name] !== undefined)
      .map(([name]) => [camelCase(name), body[name] ?? undefined]),
  ),
});

export const newProfile = (body: ProfileBody) => ({ ...noAttributes, ...profileIn(body) });

const namedAsInApi = (person: StoredAttributes, isShown: (attribute: Attribute) => boolean = () => true) =>
  Object.fromEntries(
    attributeEntries
      .filter(([name, attribute]) => isShown(attribute) && person[camelCase(name)] !== undefined)
      .map(([name]) => [name, person[camelCase(name)]]),
  );

export const shownUser = (person: Profile & Pick<User, "id" | "email">) => {
  const { id, username, email } = person;
  const shown = namedAsInApi(person, ({ shownTo }) => shownTo === "person");
  return { id, username, email, ...(shown as Shown<typeof attributesForPerson>) };
};

export const setAttributes = (person: StoredAttributes) =>
  namedAsInApi(person) as z.input<z.ZodObject<typeof importedAttributes>>;

export const shownAttributes = (person: StoredAttributes) => {
  const unset = Object.fromEntries(attributeEntries.map(([name]) => [name, null]));
  return { ...unset, ...namedAsInApi(person) } as Shown<typeof allAttributes>;
};
