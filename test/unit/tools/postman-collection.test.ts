import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { contract } from "../../../shared/contract/contract.ts";
import { postmanFiles } from "../../tools/postman/generate.ts";
import { journey } from "../../tools/postman/journey.ts";

describe("Postman collection", () => {
  it("matches its generated files, which `npm run postman` writes", () => {
    for (const [file, text] of Object.entries(postmanFiles)) expect(readFileSync(file, "utf8")).toBe(text);
  });

  it("has a complete request for every operation of the contract", () => {
    const steps = journey.flatMap(({ steps }) => steps);
    for (const [name, operation] of Object.entries(contract)) {
      const own = steps.filter(({ operation }) => operation === name);
      expect(own.length, `${name} has no step in test/tools/postman/journey.ts`).toBeGreaterThan(0);
      for (const { body, id } of own) {
        expect(body !== undefined, name).toBe("body" in operation);
        expect(id !== undefined, name).toBe(operation.path.includes("{id}"));
      }
    }
  });
});
