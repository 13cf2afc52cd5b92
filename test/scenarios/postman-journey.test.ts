import { execFile } from "node:child_process";
import { readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { promisify } from "node:util";
import * as z from "zod";
import { beforeAll, describe, expect, it } from "vitest";
import { createAdministrator } from "../support/people/administrators.ts";
import { sharedStack } from "../support/stacks/test-stack.ts";
import { journey } from "../tools/postman/journey.ts";

const newman = resolve("node_modules/newman/bin/newman.js");
const collection = resolve("test/postman/lit-auth.postman_collection.json");
const environment = resolve("test/postman/lit-auth.postman_environment.json");

// The part of newman's report that tells how the run went.
const count = z.object({ total: z.number(), failed: z.number() });
const report = z.object({
  run: z.object({
    stats: z.object({ assertions: count, requests: count }),
    failures: z.array(
      z.object({ source: z.object({ name: z.string() }), error: z.object({ message: z.string() }) }),
    ),
  }),
});

describe("Postman collection", () => {
  let stack: Awaited<ReturnType<typeof sharedStack>>;
  beforeAll(async () => {
    stack = await sharedStack();
  });

  // Runs newman in another process, because the stack answers from this one.
  const run = async (variables: Record<string, string>, folders: string[] = []) => {
    const file = join(stack.folder, "newman.json");
    const all = { base_url: stack.url, mailbox_url: `${stack.url}/_aws/ses`, ...variables };
    const overrides = Object.entries(all).flatMap(([name, value]) => ["--env-var", `${name}=${value}`]);
    const reporter = ["--reporters", "json", "--reporter-json-export", file];
    const only = folders.flatMap((name) => ["--folder", name]);
    const parameters = [newman, "run", collection, "-e", environment, ...overrides, ...only, ...reporter];
    // newman exits with 1 after a failed request too; the report says which one.
    await promisify(execFile)(process.execPath, parameters, { timeout: 240_000 }).catch(() => {});
    return report.parse(JSON.parse(readFileSync(file, "utf8"))).run;
  };
  const stepsOf = (folders: typeof journey) => folders.flatMap(({ steps }) => steps).length;

  it("passes every check when run with an administrator", async () => {
    const { email, password } = await createAdministrator(stack.folder);
    const { failures, stats } = await run({ admin_email: email, admin_password: password });
    expect(failures).toEqual([]);
    expect(stats.assertions).toMatchObject({ total: stepsOf(journey), failed: 0 });
  });

  it("skips the administration when no administrator is named", async () => {
    const { failures, stats } = await run({}, ["Administration"]);
    expect(failures).toEqual([]);
    expect([stats.requests.total, stats.assertions.total]).toEqual([0, 0]);
  });
});
