import { spawnSync } from "node:child_process";
import { cpSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import { root } from "../../../infra/run-script.ts";

const checkout = mkdtempSync(join(tmpdir(), "lit-auth-checkout-"));
beforeAll(() => {
  for (const name of ["functions", "infra", "letters", "pages", "shared", "package.json", "tsconfig.json"])
    cpSync(join(root, name), join(checkout, name), { recursive: true });
  symlinkSync(join(root, "node_modules"), join(checkout, "node_modules"));
});
afterAll(() => rmSync(checkout, { recursive: true }));

/** Returns what takes the change back. */
const change = (path: string, before: string, after: string) => {
  const file = join(checkout, path);
  const text = readFileSync(file, "utf8");
  writeFileSync(file, text.replace(before, after));
  return () => writeFileSync(file, text);
};

const synth = () =>
  spawnSync(process.execPath, ["infra/app.ts"], {
    cwd: checkout,
    encoding: "utf8",
    env: { ...process.env, MAIL_FROM: "no-reply@example.com" },
  });

it("npm run synth stops at a bad letter with one sentence", () => {
  const undo = change(
    "letters/es.json",
    "Su código para iniciar sesión en {product}:",
    "Su código para {prodcut}:",
  );
  const { status, stderr } = synth();
  undo();
  expect([status, stderr]).toEqual([
    1,
    'letters/es.json, letter "login": paragraph 1 uses {prodcut}, but can only use {product}, {time}, {code}, {duration}.\n',
  ]);
});

it("npm run synth stops at a missing row of grants", () => {
  change("infra/grants/grants.ts", "  getMe: signedIn,\n", "");
  const { status, stderr } = synth();
  const sentence = "The operation getMe has no row in infra/grants/. Add one; it may be empty.\n";
  expect([status, stderr]).toEqual([1, sentence]);
});
