import { readFileSync } from "node:fs";
import { promisify } from "node:util";
import * as z from "zod";
import { convert } from "openapi-to-postmanv2";
import { expect, it } from "vitest";
import { openApiYaml } from "../../../infra/openapi/document.ts";
import { contract } from "../../../shared/contract/contract.ts";
import { postmanFiles } from "../../tools/postman/generate.ts";
import { journey } from "../../tools/postman/journey.ts";

it("collection and environment are what the contract says (npm run postman writes them)", () => {
  for (const [file, text] of Object.entries(postmanFiles)) expect(readFileSync(file, "utf8")).toBe(text);
});

it("every operation of the contract has a request, with all the fields that it needs", () => {
  const steps = journey.flatMap(({ steps }) => steps);
  for (const [name, operation] of Object.entries(contract)) {
    const own = steps.filter(({ operation }) => operation === name);
    expect(own.length, name).toBeGreaterThan(0);
    for (const { body, id } of own) {
      expect(body !== undefined, name).toBe("body" in operation);
      expect(id !== undefined, name).toBe(operation.path.includes("{id}"));
    }
  }
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
