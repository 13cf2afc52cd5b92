import { readFileSync } from "node:fs";
import { join } from "node:path";
import { promisify } from "node:util";
import { convert } from "openapi-to-postmanv2";
import { describe, expect, it } from "vitest";
import * as z from "zod";
import { openApiDocument, openApiYaml } from "../../../infra/openapi/document.ts";
import { contract } from "../../../shared/contract/contract.ts";

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
