import * as z from "zod";

export type Json = Record<string, unknown>;

/** Returns OpenAPI 3.0's JSON Schema. Schemas with an id become references into `components`. */
export const toOpenApiSchema = (schema: z.ZodType, io: "input" | "output", components: Json): Json => {
  const made = z.toJSONSchema(schema, {
    target: "openapi-3.0",
    io,
    override: ({ jsonSchema }) => {
      const [example] = jsonSchema.examples ?? [];
      delete jsonSchema.examples;
      if (example !== undefined) jsonSchema["example"] = example;
      if (jsonSchema["nullable"] === true && jsonSchema.enum) jsonSchema.enum = [...jsonSchema.enum, null];
      // A nullable reference needs the type of what it refers to.
      if (jsonSchema["nullable"] === true && jsonSchema.allOf) jsonSchema.type = "object";
      // zod's pattern says no more than the format.
      if (jsonSchema.format === "date-time") delete jsonSchema.pattern;
      // Generated clients must accept fields that a later version adds.
      delete jsonSchema.additionalProperties;
    },
  });
  // A replacement in the text also covers references between definitions.
  const text = JSON.stringify(made).replaceAll("#/definitions/", "#/components/schemas/");
  const { definitions, ...rest } = JSON.parse(text);
  Object.assign(components, definitions);
  return rest;
};

/** Puts the schema into `components` under this name, unless it has an id of its own. */
export const namedSchema = (
  name: string,
  schema: z.ZodType,
  io: "input" | "output",
  components: Json,
): Json => {
  const made = toOpenApiSchema(schema, io, components);
  if ("$ref" in made) return made;
  components[name] = made;
  return { $ref: `#/components/schemas/${name}` };
};
