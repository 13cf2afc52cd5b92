/** From zod to OpenAPI 3.0's dialect of JSON Schema. */
import * as z from "zod";

export type Json = Record<string, unknown>;

/** Schemas with an id move to `components` and leave references behind. */
export const toOpenApiSchema = (schema: z.ZodType, io: "input" | "output", components: Json): Json => {
  const made = z.toJSONSchema(schema, {
    target: "openapi-3.0",
    io,
    override: ({ jsonSchema }) => {
      const [example] = jsonSchema.examples ?? [];
      delete jsonSchema.examples;
      if (example !== undefined) jsonSchema["example"] = example;
      // Clients must not mind members that a later version adds.
      delete jsonSchema.additionalProperties;
    },
  });
  // Definitions refer to each other, too.
  const text = JSON.stringify(made).replaceAll("#/definitions/", "#/components/schemas/");
  const { definitions, ...rest } = JSON.parse(text);
  Object.assign(components, definitions);
  return rest;
};
