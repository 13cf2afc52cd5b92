import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { afterAll, afterEach, beforeAll, beforeEach, expect, it, vi } from "vitest";
import { linesMoving } from "../../support/logs/moved-metrics.ts";

const daySeconds = 86_400;
let server: Server;
let ageDays = 0;

beforeAll(async () => {
  server = createServer((_, response) => {
    response.setHeader("content-type", "application/x-amz-json-1.1");
    response.end(
      JSON.stringify({ SecretString: "value", CreatedDate: Date.now() / 1000 - ageDays * daySeconds }),
    );
  });
  await new Promise<void>((resolve) => {
    server.listen(0, "127.0.0.1", resolve);
  });
});
afterAll(() => server.close());

beforeEach(() => {
  vi.resetModules();
  const { port } = server.address() as AddressInfo;
  for (const [name, value] of Object.entries({
    AWS_REGION: "us-east-1",
    AWS_ACCESS_KEY_ID: "test",
    AWS_SECRET_ACCESS_KEY: "test",
    AWS_ENDPOINT_URL_SECRETS_MANAGER: `http://127.0.0.1:${port}`,
    SIGNING_KEYS_ID: "signing",
    DIGEST_SECRET_ID: "digest",
    KEY_ROTATION_DAYS: "30",
    POWERTOOLS_DEV: "true",
  }))
    vi.stubEnv(name, value);
});
afterEach(() => {
  vi.unstubAllEnvs();
  vi.restoreAllMocks();
});

/** Returns the lines that are logged while the secret is read. */
const linesOf = async (id: string, days: number): Promise<string[]> => {
  ageDays = days;
  const write = vi.spyOn(console, "error").mockImplementation(() => {});
  const { readSecret } = await import("../../../shared/platform/secrets.ts");
  expect(await readSecret(id, { fresh: true })).toBe("value");
  return write.mock.calls.map(([line]) => String(line));
};

it.each(["signing", "digest"])("keys that no rotation renewed move a metric: %s", async (id) => {
  expect(linesMoving("KeysOverdue", await linesOf(id, 38))).toHaveLength(1);
});

it("a rotation may be a week late", async () => {
  expect(await linesOf("signing", 36)).toEqual([]);
});

it("secrets without rotation may be old", async () => {
  expect(await linesOf("device", 900)).toEqual([]);
});

it("functions that don't watch keys say nothing", async () => {
  vi.stubEnv("KEY_ROTATION_DAYS", undefined);
  expect(await linesOf("signing", 900)).toEqual([]);
});
