import { describe, expect, it } from "vitest";
import { camelCase, valueSchema, type Attribute } from "../../../shared/attributes/attribute.ts";
import { attributeFields } from "../../../shared/attributes/attribute-fields.ts";
import { attributeEntries } from "../../../shared/attributes/stored-attributes.ts";

/** Members of bodies, answers, rows and items that have a meaning of their own. */
const taken = new Set(
  [
    "id username email password current_password new_password new_email otp_code challenge_token",
    "password_hash state status is_active is_staff created created_at delivery address_move address_key",
    "pk list_key list_date list_address staff_key staff_since username_key session_epoch expires_at replaced",
    "undo_address_key undo_until undo_seconds_left network_key domain_key otp_request_id otp_digest",
    "otp_expires_at last_request_id user_id reserved_for device_generation",
  ].flatMap((names) => names.split(" ")),
);

describe.each(attributeEntries)(
  "attribute %s",
  (name, { schema, default: value, ...attribute }: Attribute) => {
    it("has a name in snake case that nothing else has", () => {
      expect(name).toMatch(/^[a-z][a-z0-9]*(_[a-z][a-z0-9]*)*$/);
      expect([...taken].map(camelCase)).not.toContain(camelCase(name));
    });

    it("has a default that its schema accepts, if it has one", () => {
      expect(valueSchema(schema).optional().parse(value)).toBe(value);
    });

    it("has an example that stays as it is", () => {
      const { examples = [] } = schema.meta() ?? {};
      for (const example of examples as unknown[])
        expect(schema.parse(schema.parse(example))).toBe(schema.parse(example));
    });

    it("names only values that are possible", () => {
      const field = attributeFields.find((one) => one.name === name);
      expect(Object.keys(field?.choices ?? {})).toEqual(
        expect.arrayContaining(Object.keys(attribute.choices ?? {})),
      );
    });
  },
);
