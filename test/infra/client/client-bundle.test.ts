import { gzipSync } from "node:zlib";
import { beforeAll, expect, it } from "vitest";
import { bundledClient } from "../../../infra/client/client-package.ts";

let code = "";
beforeAll(async () => {
  for (const { name, text } of await bundledClient()) if (name.endsWith(".js")) code = text;
});

it("the client has at most 4,096 bytes after gzip", () => {
  expect(code.length).toBeGreaterThan(5_000);
  expect(gzipSync(code, { level: 9 }).length).toBeLessThanOrEqual(4_096);
});

// React Native has neither of the two functions of AbortSignal.
it.each([/\bimport\b/, /\brequire\b/, /\bprocess\b/, /\bBuffer\b/, /AbortSignal\.(any|timeout)/, /\bnode:/])(
  "the client needs no %s",
  (needed) => {
    expect(code).not.toMatch(needed);
  },
);

it("the client has a source map with its sources", async () => {
  const files = await bundledClient();
  const { sources, sourcesContent } = JSON.parse(files.find(({ name }) => name.endsWith(".map"))!.text);
  expect(sources).toContain("../../client/create-client.ts");
  expect(sourcesContent).toHaveLength(sources.length);
  expect(code).toContain("sourceMappingURL=create-client.js.map");
});
