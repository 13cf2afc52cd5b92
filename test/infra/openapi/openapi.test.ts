import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
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
