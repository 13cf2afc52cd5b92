import { mkdtempSync, existsSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, it } from "vitest";
import { checkpointBeside } from "../../../commands/user-files/checkpoint.ts";
import { everyAccount } from "../../../commands/user-files/every-account.ts";
import type { User } from "../../../shared/store/user-items.ts";

const folder = mkdtempSync(join(tmpdir(), "lit-auth-every-"));
afterAll(() => rmSync(folder, { recursive: true }));

const pages = ["ab", "cd", "e"].map((ids) => [...ids].map((id) => ({ id }) as User));

async function* pagesAfter(after: Record<string, unknown> | undefined) {
  const first = after === undefined ? 0 : Number(after["page"]) + 1;
  for (const [index, users] of pages.entries())
    if (index >= first) yield { users, next: index + 1 < pages.length ? { page: index } : undefined };
}

const run = async (file: string, continues: boolean, failsAt?: string, table = "users") => {
  const treated: string[] = [];
  const ended = everyAccount({
    table,
    checkpoint: checkpointBeside(join(folder, file)),
    continues,
    pagesAfter,
    treat: async ({ id }) => {
      if (id === failsAt) throw new Error("throttled");
      treated.push(id);
      return id !== "b";
    },
    onPage: () => {},
  });
  return { ended: await ended.catch((error: unknown) => String(error)), treated: treated.join("") };
};

it("every account is treated once, and a run continues only on request", async () => {
  expect(await run("one", false)).toEqual({ ended: 4, treated: "abcde" });
  expect(await run("one", true)).toMatchObject({ ended: expect.stringContaining("here to continue") });
  expect(await run("one", false, "d")).toMatchObject({
    ended: expect.stringContaining("Stopped after 2 accounts: Error. Add --continue"),
  });
  expect(await run("one", true, undefined, "others")).toMatchObject({
    ended: expect.stringContaining("is of another stage"),
  });
  expect(await run("one", true)).toEqual({ ended: 4, treated: "cde" });
  expect(existsSync(join(folder, "one.checkpoint"))).toBe(false);
  await run("one", false, "e");
  expect(await run("one", false)).toEqual({ ended: 4, treated: "abcde" });
});
