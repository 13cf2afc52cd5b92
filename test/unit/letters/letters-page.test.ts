import { readFileSync } from "node:fs";
import { expect, it } from "vitest";
import { letterNames, placeholdersOf } from "../../../shared/letters/letter-names.ts";

it("docs/letters.md lists the letters of each placeholder", () => {
  const rows = [...readFileSync("docs/letters.md", "utf8").matchAll(/^\| `\{(\w+)\}` .*\| (.*?) *\|$/gm)];
  const documented = Object.fromEntries(
    rows.map(([, name = "", letters = ""]) => [name, letters.startsWith("all") ? "all" : letters]),
  );
  const expected = (placeholder: string) => {
    const uses = letterNames.filter((name) =>
      (placeholdersOf[name] as readonly string[]).includes(placeholder),
    );
    return uses.length === letterNames.length ? "all" : uses.map((name) => `\`${name}\``).join(", ");
  };
  const known = [...new Set(Object.values(placeholdersOf).flat())];
  expect(documented).toEqual({
    product: "all",
    ...Object.fromEntries(known.map((placeholder) => [placeholder, expected(placeholder)])),
  });
});
