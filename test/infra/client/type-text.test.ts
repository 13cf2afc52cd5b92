import { describe, expect, it } from "vitest";
import * as z from "zod";
import { docOf, typeOf, type NamedTypes } from "../../../infra/client/type-text.ts";

const printed = (schema: z.ZodType, io: "input" | "output" = "output") =>
  typeOf(schema, io, {}).replaceAll(/\s+/g, " ");
const person = z.object({ id: z.string() }).meta({ id: "Person", description: "One person" });

const types: [string, z.ZodType][] = [
  ["string", z.string().trim().max(9)],
  ["string", z.iso.datetime()],
  ["number", z.int()],
  ["boolean", z.boolean()],
  ["null", z.null()],
  ['"a" | "b"', z.enum(["a", "b"])],
  ['1 | "it\'s" | null', z.literal([1, "it's", null])],
  ["string | null", z.string().nullable()],
  ["string | number | null", z.union([z.string(), z.number().nullable(), z.null()])],
  ["(string | null)[]", z.array(z.string().nullable())],
  ["((number)[])[]", z.array(z.array(z.number()))],
  ["Record<string, never>", z.object({})],
  ['{ "a-b": string; "c"?: number | undefined }', z.object({ "a-b": z.string(), c: z.number().optional() })],
  ['{ /** Why */ "a": string }', z.object({ a: z.string().meta({ description: "Why" }) })],
  [
    '({ "a": string } | string) & (string | number)',
    z.intersection(z.union([z.object({ a: z.string() }), z.string()]), z.union([z.string(), z.number()])),
  ],
  [
    '{ "k": "a" } | { "k": "b" }',
    z.discriminatedUnion("k", [z.object({ k: z.literal("a") }), z.object({ k: z.literal("b") })]),
  ],
  ["Person | null", person.nullable()],
];

const cyclical: z.ZodType = z.object({
  get children() {
    return z.array(cyclical);
  },
});
const refused: [string, z.ZodType][] = [
  ["unknown", z.unknown()],
  ["any members", z.looseObject({ a: z.string() })],
  ["a record", z.record(z.string(), z.string())],
  ["a tuple", z.tuple([z.string()])],
  ["a date", z.date()],
  ["undefined", z.undefined()],
  ["a transformation", z.string().transform(Number)],
  ["a cycle without a name", cyclical],
  ["a name that is none", z.string().meta({ id: "a person" })],
];

describe("a schema as a type", () => {
  it.each(types)("%s", (type, schema) => {
    expect(printed(schema)).toBe(type);
  });

  it("differs where a default fills what was not sent", () => {
    const schema = z.object({ a: z.string().default("x"), b: z.stringbool() });
    expect(printed(schema, "input")).toBe('{ "a"?: string | undefined; "b": string }');
    expect(printed(schema.pick({ a: true }))).toBe('{ "a": string }');
  });

  it("is declared once under its id, with its description", () => {
    const named: NamedTypes = {};
    expect(typeOf(z.object({ all: z.array(person) }), "output", named)).toContain("(Person)[]");
    expect(typeOf(person, "output", named)).toBe("Person");
    expect(named).toEqual({ Person: '/** One person */\nexport type Person = { "id": string };' });
  });

  it.each(refused)("is refused: %s", (_, schema) => {
    expect(() => printed(z.object({ member: schema }))).toThrow(/no (type|name) for|represented|cannot/i);
  });
});

it("a text can't end the comment that it stands in", () => {
  expect(docOf("a */ b")).toBe("/** a *\\/ b */\n");
  expect(docOf(undefined)).toBe("");
});
