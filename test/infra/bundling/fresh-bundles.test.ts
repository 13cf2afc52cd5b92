import { mkdirSync, mkdtempSync, rmSync, utimesSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeEach, describe, expect, it } from "vitest";
import { freshenBundles } from "../../../infra/bundling/fresh-bundles.ts";

const root = mkdtempSync(join(tmpdir(), "lit-auth-fresh-"));
const outdir = join(root, "build");
afterAll(() => rmSync(root, { recursive: true }));

let made: number;
const make = async () => {
  made += 1;
  for (const name of ["one", "two"]) {
    mkdirSync(join(outdir, name), { recursive: true });
    writeFileSync(join(outdir, name, "index.mjs"), "");
  }
  return { metafile: { inputs: {}, outputs: {} }, stop: async () => {} };
};
const freshen = () => freshenBundles({ root, outdir, make });

beforeEach(async () => {
  for (const folder of ["functions/admin", "shared/codes", "letters"])
    mkdirSync(join(root, folder), { recursive: true });
  for (const file of ["functions/one.ts", "functions/admin/two.ts", "shared/codes/all.ts", "letters/en.json"])
    writeFileSync(join(root, file), "1");
  made = 0;
  await freshen();
  made = 0;
});

const inAMinute = new Date(Date.now() + 60_000);
describe("fresh bundles", () => {
  it.each([
    ["nothing changed", () => {}, 0],
    ["a source changed", () => writeFileSync(join(root, "shared/codes/all.ts"), "22"), 1],
    [
      "only a source's time changed",
      () => utimesSync(join(root, "shared/codes/all.ts"), inAMinute, inAMinute),
      1,
    ],
    ["a letter changed", () => writeFileSync(join(root, "letters/en.json"), "22"), 1],
    ["a source was added", () => writeFileSync(join(root, "shared/codes/more.ts"), ""), 1],
    ["a bundle was deleted", () => rmSync(join(outdir, "two"), { recursive: true }), 1],
    [
      "a bundle was written by another process",
      () => utimesSync(join(outdir, "one/index.mjs"), inAMinute, inAMinute),
      1,
    ],
    [
      "the installed packages changed",
      () => {
        mkdirSync(join(root, "node_modules"), { recursive: true });
        writeFileSync(join(root, "node_modules/.package-lock.json"), "{}");
      },
      1,
    ],
  ])("are rebuilt only if necessary, after %s", async (_, change, times) => {
    change();
    await freshen();
    expect(made).toBe(times);
  });

  it("are rebuilt after a failed build", async () => {
    writeFileSync(join(root, "shared/codes/all.ts"), "333");
    const fail = () => Promise.reject(new Error("cannot be bundled"));
    await expect(freshenBundles({ root, outdir, make: fail })).rejects.toThrow("cannot be bundled");
    await freshen();
    expect(made).toBe(1);
  });
});
