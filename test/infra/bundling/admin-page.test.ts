import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { afterAll, describe, expect, it } from "vitest";
import { writePageAssets } from "../../../infra/bundling/page-assets.ts";

const directory = mkdtempSync(join(tmpdir(), "lit-auth-admin-page-"));
await writePageAssets(directory);
afterAll(() => rmSync(directory, { recursive: true }));

const admin = join(directory, "public/admin");
const page = readFileSync(join(admin, "index.html"), "utf8");
const linked = [...page.matchAll(/(?:src|href)="([^":]+)"/g)].map(([, path = ""]) => path);

describe("admin page", () => {
  it("links its script and style relatively, with hashed names", () => {
    expect(linked).toHaveLength(2);
    for (const path of linked) expect(path).toMatch(/^assets\/\w+-[A-Z0-9]{8}\.(js|css)$/);
  });

  it("contains nothing that its content security policy would block", () => {
    expect(page).not.toMatch(/<style|style=|<script(?![^>]+src=)|\son\w+=/);
  });

  it("loads in less than 200 kB compressed", () => {
    const files = linked.map((path) => readFileSync(join(admin, path)));
    const bytes = [Buffer.from(page), ...files].map((file) => gzipSync(file).length);
    expect(bytes.reduce((sum, size) => sum + size)).toBeLessThan(200_000);
  });

  it("contains no code of the back end", () => {
    const script = linked.find((path) => path.endsWith(".js")) ?? "";
    expect(readFileSync(join(admin, script), "utf8")).not.toMatch(/ZodError|USERS_TABLE|aws-sdk/);
  });
});
