import { spawnSync } from "node:child_process";
import { generateKeyPairSync, randomBytes, sign } from "node:crypto";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { describe, expect, it, onTestFinished } from "vitest";
import { findSecrets } from "../../tools/secrets/find-secrets.ts";

const { privateKey } = generateKeyPairSync("rsa", { modulusLength: 2048 });
const base64url = (value: unknown) => Buffer.from(JSON.stringify(value)).toString("base64url");
const letters = (length: number, of: string) =>
  Array.from(randomBytes(length), (byte) => of[byte % of.length]).join("");
const token = () => {
  const signed = `${base64url({ alg: "RS256", kid: "1", typ: "at+jwt" })}.${base64url({ sub: "1", exp: 1 })}`;
  return `${signed}.${sign("sha256", Buffer.from(signed), privateKey).toString("base64url")}`;
};

// They are made here, because a secret in this file would itself be found.
const secrets: [name: string, text: () => string][] = [
  ["a private key", () => privateKey.export({ type: "pkcs8", format: "pem" }).toString()],
  ["a private key as JSON", () => JSON.stringify(privateKey.export({ format: "jwk" }))],
  ["an AWS access key", () => `AWS_ACCESS_KEY_ID=AKIA${letters(16, "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567")}`],
  [
    "an AWS secret",
    () =>
      `AWS_SECRET_ACCESS_KEY=${letters(40, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789")}`,
  ],
  [
    "a token of GitHub",
    () => `ghp_${letters(36, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789")}`,
  ],
  ["a token of this service", token],
  [
    "an address with a password",
    () => `postgres://root:${letters(16, "abcdef0123456789")}@db.example.com/auth`,
  ],
];

const repositoryWith = (text: string): string => {
  const folder = mkdtempSync(join(tmpdir(), "lit-auth-secrets-"));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  writeFileSync(join(folder, "notes.txt"), text);
  for (const parameters of [
    ["init", "--quiet"],
    ["add", "notes.txt"],
  ])
    spawnSync("git", parameters, { cwd: folder });
  return folder;
};
const scan = (folder: string) =>
  spawnSync(process.execPath, [resolve("test/tools/secrets/scan.ts")], { cwd: folder, encoding: "utf8" });

describe("npm run secrets", () => {
  it("fails on a tracked secret, and names its place only [ASVS 13.3.1]", () => {
    const secret = token();
    const { status, stdout, stderr } = scan(repositoryWith(`first line\n${secret}\n`));
    expect({ status, stdout, stderr }).toEqual({
      status: 1,
      stdout: "",
      stderr: "notes.txt:2: a signed token\n",
    });
  });

  it("passes a repository without secrets", () => {
    expect(scan(repositoryWith("first line\n")).status).toBe(0);
  });
});

describe("secret scan", () => {
  it.each(secrets)("finds %s, in any line", async (_, text) => {
    const found = await findSecrets("notes.txt", `harmless\n\nvalue: ${text()}\n`);
    expect(found.length).toBeGreaterThan(0);
    expect(found[0]?.line).toBeGreaterThanOrEqual(3);
  });

  it("passes what only resembles a secret", async () => {
    const harmless = ["AKIAIOSFODNN7EXAMPLE", "sha512-d4aMFsAFj19FtxVyw8IzlUKv5Zu4", '"access": "eyJ…"'];
    expect(await findSecrets("notes.txt", harmless.join("\n"))).toEqual([]);
  });
});
