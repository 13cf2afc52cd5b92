import { readFileSync } from "node:fs";
import { join } from "node:path";
import { promisify } from "node:util";
import { convert } from "openapi-to-postmanv2";
import { describe, expect, it } from "vitest";
import * as z from "zod";
import { openApiDocument, openApiYaml } from "../../../infra/openapi/document.ts";
import { toOpenApiSchema } from "../../../infra/openapi/json-schema.ts";
import { contract } from "../../../shared/contract/contract.ts";
import type { Operation } from "../../../shared/contract/operation.ts";

const documentShape = z.object({
  servers: z.array(
    z.object({
      url: z.string(),
      variables: z.record(z.string(), z.object({ default: z.string() })).optional(),
    }),
  ),
  paths: z.record(z.string(), z.record(z.string(), z.unknown())),
  components: z.object({ schemas: z.record(z.string(), z.unknown()) }),
});

const fieldShape = z.object({
  pattern: z.string().optional(),
  example: z.string().optional(),
  minLength: z.int().optional(),
  maxLength: z.int().optional(),
});

const builtins = new Set(
  (
    "Any Array BigInt Blob Boolean Buffer Byte Char Character Class Client Date Double Enum Error Event " +
    "Exception File Float Function Headers Integer Iterator List Long Map Module Null Number Object " +
    "Optional Promise Proxy Record Request Response Result Set String Symbol Task Type Url Void"
  ).split(" "),
);

/** Returns what stands at every key `pattern`. */
const patternsIn = (value: unknown): string[] =>
  typeof value === "object" && value !== null
    ? Object.entries(value).flatMap(([key, inner]: [string, unknown]) =>
        key === "pattern" && typeof inner === "string" ? [inner] : patternsIn(inner),
      )
    : [];

describe("OpenAPI document", () => {
  it("matches openapi.yaml, which `npm run openapi` writes [ASVS 6.4.2]", () => {
    expect(readFileSync(join(import.meta.dirname, "../../../openapi.yaml"), "utf8")).toBe(openApiYaml());
  });

  it("lists every operation with its refusals [ASVS 6.1.3, 6.3.4, 8.1.1]", () => {
    const paths = z
      .record(z.string(), z.record(z.string(), z.object({ operationId: z.string(), responses: z.unknown() })))
      .parse(openApiDocument()["paths"]);
    for (const [name, { method, path, errors }] of Object.entries(contract)) {
      const operation = paths[path]?.[method.toLowerCase()];
      expect(operation?.operationId).toBe(name);
      const responses = JSON.stringify(operation?.responses);
      for (const code of errors) expect(responses, name).toContain(`"code":"${code}"`);
    }
  });

  it("resolves every reference to a component", () => {
    const document = openApiDocument();
    const references = [...JSON.stringify(document).matchAll(/"\$ref":"([^"]+)"/g)].map(
      ([, path = ""]) => path,
    );
    expect(references).toContain("#/components/schemas/PersonalData");
    const components = JSON.parse(JSON.stringify(document["components"]));
    for (const reference of new Set(references)) {
      const [, kind = "", name = ""] = /^#\/components\/(\w+)\/(\w+)$/.exec(reference) ?? [];
      expect(components[kind]?.[name], reference).toBeDefined();
    }
  });

  it("uses nothing that OpenAPI 3.0 doesn't have", () => {
    const document = JSON.stringify(openApiDocument());
    expect(document).not.toMatch(/"examples":\[|"definitions"|"\$defs"|"const":/);
  });

  const bodyOf = z.object({
    requestBody: z
      .object({ content: z.record(z.string(), z.object({ schema: z.object({ $ref: z.string() }) })) })
      .optional(),
  });

  it("names each body after its operation", () => {
    const { paths } = documentShape.parse(openApiDocument());
    for (const [name, operation] of Object.entries<Operation>(contract)) {
      const described = bodyOf.parse(paths[operation.path]?.[operation.method.toLowerCase()]);
      const expected = `#/components/schemas/${name.slice(0, 1).toUpperCase()}${name.slice(1)}Request`;
      expect(described.requestBody?.content["application/json"]?.schema.$ref, name).toBe(
        operation.body && expected,
      );
    }
  });

  it("names no schema as a language names its own types", () => {
    const names = Object.keys(documentShape.parse(openApiDocument()).components.schemas);
    expect(new Set(names.map((name) => name.toLowerCase())).size).toBe(names.length);
    expect(names.filter((name) => builtins.has(name))).toEqual([]);
    // Generators for Go give this ending to what wraps status and body.
    expect(names.filter((name) => name.endsWith("Response"))).toEqual([]);
  });

  it("has absolute server URLs, also with the defaults of their variables", () => {
    const { servers } = documentShape.parse(openApiDocument());
    const urls = servers.map(({ url, variables = {} }) =>
      url.replaceAll(/\{(\w+)\}/g, (_, name: string) => variables[name]?.default ?? "?"),
    );
    expect(urls.map((url) => new URL(url).href)).toEqual([
      "http://127.0.0.1:8000/",
      "https://a1b2c3d4e5.execute-api.eu-central-1.amazonaws.com/dev",
    ]);
    expect(urls.join("")).not.toContain("?");
  });

  it("has patterns that all languages of clients can read", () => {
    const found = patternsIn(openApiDocument());
    expect(found.length).toBeGreaterThan(30);
    for (const pattern of new Set(found)) {
      expect(() => [new RegExp(pattern), new RegExp(pattern, "u")], pattern).not.toThrow();
      // Python has no \p, Go neither look-arounds nor \u.
      expect(pattern).not.toMatch(/\\[pPu]|\(\?/);
    }
  });

  it("has examples that the code accepts", () => {
    for (const { name, body } of Object.values<Operation>(contract))
      for (const [field, schema] of Object.entries(body?.shape ?? {})) {
        const {
          pattern = "",
          example,
          minLength = 0,
          maxLength = Infinity,
        } = fieldShape.parse(toOpenApiSchema(schema, "input", {}));
        if (example === undefined) continue;
        expect(schema.safeParse(example).error, `${name}.${field}`).toBeUndefined();
        expect(example, `${name}.${field}`).toMatch(new RegExp(pattern));
        expect(example.length >= minLength && example.length <= maxLength).toBe(true);
      }
  });

  const folder = z.object({ name: z.string(), item: z.array(z.unknown()) });
  const request = z.object({ request: z.object({ name: z.string(), method: z.string() }) });

  const requestsIn = (items: unknown[]): string[] =>
    items.flatMap((item) => {
      const inner = folder.safeParse(item);
      return inner.success ? requestsIn(inner.data.item) : [request.parse(item).request.name];
    });

  it("is imported by Postman's converter with every operation", async () => {
    const { result, reason, output } = await promisify(convert)({ type: "string", data: openApiYaml() }, {});
    expect({ result, reason }).toEqual({ result: true, reason: undefined });
    const [collection] = output;
    const imported = requestsIn(collection?.data.item ?? []).toSorted();
    expect(imported).toEqual(
      Object.values(contract)
        .map(({ summary }) => summary)
        .toSorted(),
    );
  });
});
