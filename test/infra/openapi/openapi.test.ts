import { readFileSync } from "node:fs";
import { join } from "node:path";
import { promisify } from "node:util";
import { convert } from "openapi-to-postmanv2";
import { expect, it } from "vitest";
import * as z from "zod";
import { openApiDocument, openApiYaml } from "../../../infra/openapi/document.ts";
import { contract } from "../../../shared/contract/contract.ts";

it("openapi.yaml is what the contract says (npm run openapi writes it) [ASVS 6.4.2]", () => {
  expect(readFileSync(join(import.meta.dirname, "../../../openapi.yaml"), "utf8")).toBe(openApiYaml());
});

it("every operation stands under its name, path and method, with its refusals [ASVS 6.1.3, 6.3.4]", () => {
  const document = JSON.stringify(openApiDocument());
  for (const [name, { errors }] of Object.entries(contract)) {
    expect(document).toContain(`"operationId":"${name}"`);
    for (const code of errors) expect(document).toContain(`"code":"${code}"`);
  }
});

it("every reference leads to a component", () => {
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

it("the document stays in OpenAPI 3.0: no list of examples in schemas, no local definitions", () => {
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

it("Postman's own converter imports openapi.yaml with every operation", async () => {
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
