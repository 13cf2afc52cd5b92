import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, dirname, join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import * as z from "zod";
import { bundleFunctions, bundlesDirectory } from "../../../infra/bundling/bundle-functions.ts";
import type { Grant } from "../../../infra/grants/grant.ts";
import { readableError } from "../../../infra/local/readable-errors.ts";
import { grants } from "../../../infra/grants/grants.ts";
import { kebabCase } from "../../../infra/naming.ts";
import { contract } from "../../../shared/contract/contract.ts";
import { errors } from "../../../shared/contract/errors.ts";
import type { Operation } from "../../../shared/contract/operation.ts";
import { email, password, publicKey } from "../../../shared/contract/schemas.ts";
import type { Attribute } from "../../../shared/attributes/attribute.ts";
import { userAttributes } from "../../../shared/attributes/user-attributes.ts";
import { synthesiseStage } from "../synthesised.ts";

const first = mkdtempSync(join(tmpdir(), "lit-auth-bundles-"));
const { metafile } = await bundleFunctions({ outdir: first });
afterAll(() => rmSync(first, { recursive: true }));

const bundles = Object.entries(metafile.outputs).map(([path, { inputs }]) => ({
  name: basename(dirname(path)),
  inputs: Object.keys(inputs),
}));
const codeOf = (name: string) => readFileSync(join(first, kebabCase(name), "index.mjs"), "utf8");
const filesOf = (folder: string) => readdirSync(folder, { recursive: true, encoding: "utf8" }).toSorted();
const packagesOf = (name: string): string[] => {
  const folder = join(first, name, "node_modules");
  const files = existsSync(folder) ? filesOf(folder) : [];
  return files.filter((file) => statSync(join(folder, file)).isFile());
};

/** The texts of a schema's descriptions and examples that stand in a bundle as they are here. */
const textsOf = (schema: z.ZodType | undefined, io: "input" | "output"): string[] => {
  const texts: string[] = [];
  const collect = (value: unknown): void => {
    if (typeof value === "string" && /^(?!\w+$)[ !#-[\]-_a-~]{12,}$/.test(value)) texts.push(value);
    else if (typeof value === "object" && value !== null) Object.values(value).forEach(collect);
  };
  if (schema) collect(z.toJSONSchema(schema, { io }));
  return texts;
};
const marksOf = ({ summary, body, query, success }: Operation): string[] => [
  summary,
  ...textsOf(body, "input"),
  ...textsOf(query, "input"),
  ...textsOf("body" in success ? success.body : undefined, "output"),
];

describe("bundles", () => {
  it("exist for every function in the grants", () => {
    expect(bundles.map(({ name }) => name).toSorted()).toEqual(Object.keys(grants).map(kebabCase).toSorted());
  });

  it("contain only functions/, shared/, letters/ and packages, never the CDK [ASVS 13.4.1, 15.2.3]", () => {
    const inputs = new Set(bundles.flatMap(({ inputs }) => inputs));
    const unexpected = [...inputs].filter(
      (path) => !/^((functions|shared|letters|node_modules)\/|required-builtin:)/.test(path),
    );
    expect(unexpected).toEqual([]);
    expect([...inputs].filter((path) => /aws-cdk|constructs|esbuild|vitest/.test(path))).toEqual([]);
  });

  it("carry argon2 only if they hash", () => {
    const hashing = bundles
      .map(({ name }) => name)
      .filter((name) => filesOf(join(first, name)).includes("node_modules"));
    const marked = Object.entries<Grant>(grants).flatMap(([name, { hashes }]) => (hashes ? [name] : []));
    expect(hashing.toSorted()).toEqual(marked.map(kebabCase).toSorted());
  });

  it("carry argon2 with the binaries of Lambda and of LocalStack", () => {
    expect(packagesOf("request-otp")).toEqual([
      "@phc/format/index.js",
      "@phc/format/license",
      "@phc/format/package.json",
      "argon2/LICENSE",
      "argon2/argon2.cjs",
      "argon2/package.json",
      "argon2/prebuilds/linux-arm64/argon2.armv8.glibc.node",
      "argon2/prebuilds/linux-x64/argon2.glibc.node",
      "node-gyp-build/LICENSE",
      "node-gyp-build/bin.js",
      "node-gyp-build/build-test.js",
      "node-gyp-build/index.js",
      "node-gyp-build/node-gyp-build.js",
      "node-gyp-build/optional.js",
      "node-gyp-build/package.json",
    ]);
  });

  it("carry the binary for the architecture of the templates", () => {
    const functions = Object.values(synthesiseStage().all("AWS::Lambda::Function"));
    const ours = functions.filter(({ Handler }) => Handler === "index.handler");
    const carried = packagesOf("request-otp").join("\n");
    for (const { Architectures } of ours)
      expect(carried).toContain(`/prebuilds/linux-${String(Architectures)}/`);
  });

  it("are small when unpacked, with and without the word list", () => {
    const sizes = bundles
      .filter(({ name }) => name !== "pages")
      .map(({ name }) => {
        const files = filesOf(join(first, name)).map((file) => statSync(join(first, name, file)));
        return { name, bytes: files.reduce((sum, file) => sum + (file.isFile() ? file.size : 0), 0) };
      });
    const aim = (name: string) =>
      packagesOf(name).some((file) => /zxcvbn/.test(file)) ? 1_180_000 : 760_000;
    expect(sizes.filter(({ name, bytes }) => bytes > aim(name))).toEqual([]);
  });

  it("carry the list of common passwords only where passwords are set [ASVS 6.2.12]", () => {
    const withList = bundles
      .map(({ name }) => name)
      .filter((name) => filesOf(join(first, name)).includes(join("node_modules", "@zxcvbn-ts")));
    expect(withList.toSorted()).toEqual([
      "activate-user",
      "confirm-password-reset",
      "create-user",
      "set-password",
    ]);
  });

  it("contain the contract's entry of their own operation and of no other", () => {
    const entries = Object.keys(contract).map((name) => [
      name,
      [...codeOf(name).matchAll(/\bname:"(\w+)",method:"/g)].map(([, held]) => held),
    ]);
    expect(entries).toEqual(Object.keys(contract).map((name) => [name, [name]]));
  });

  it("contain no schema that only other operations read", () => {
    const operations = Object.values<Operation>(contract);
    // Key rings are read with the first schema, and other schemas are made from the next two. All
    // attributes are one list. The details of refusals are in every bundle.
    const attributes = Object.values<Attribute>(userAttributes).map(({ schema }) => schema);
    const common = [publicKey, email, password, ...attributes].flatMap((schema) => textsOf(schema, "output"));
    const refusals = JSON.stringify(errors);
    const strange = operations.flatMap((operation) => {
      const code = codeOf(operation.name);
      const own = new Set([...marksOf(operation), ...common]);
      const isCommon = (mark: string) => own.has(mark) || refusals.includes(mark);
      const others = new Set(operations.flatMap(marksOf).filter((mark) => !isCommon(mark)));
      expect(others.size).toBeGreaterThan(30);
      expect(code).toContain(operation.summary);
      return [...others].filter((mark) => code.includes(mark)).map((mark) => `${operation.name}: ${mark}`);
    });
    expect(strange).toEqual([]);
  });

  it("are at most 605 kB each", () => {
    const large = Object.values(metafile.outputs).filter(({ bytes }) => bytes > 605_000);
    expect(large).toEqual([]);
  });

  it("have the same bytes when they are built again elsewhere", () => {
    const made = (outdir: string) => filesOf(outdir).filter((file) => file !== "made-of");
    expect(made(bundlesDirectory)).toEqual(made(first));
    for (const { name } of bundles)
      expect(
        readFileSync(join(bundlesDirectory, name, "index.mjs")).equals(
          readFileSync(join(first, name, "index.mjs")),
        ),
      ).toBe(true);
  });

  it("show their sources' lines in errors, from maps that are not deployed", () => {
    const framesAt = (name: string, mark: string): string[] => {
      const lines = codeOf(name).split("\n");
      const line = lines.findLastIndex((text) => text.includes(mark));
      const column = lines[line]?.lastIndexOf(mark) ?? 0;
      return [`at n (file:///a%20b/${kebabCase(name)}/index.mjs:${line + 1}:${column + 1})`];
    };
    const printed = (frames: string[]) =>
      readableError(
        "Any",
        JSON.stringify({ level: "ERROR", error: { name: "Error", message: "no", frames } }),
        first,
      );
    const lineOf = (file: string, mark: string) =>
      readFileSync(file, "utf8")
        .split("\n")
        .findLastIndex((text) => text.includes(mark)) + 1;
    for (const [name, file, mark] of [
      ["getConfiguration", "functions/get-configuration.ts", "jwks_uri"],
      ["createUser", "shared/platform/logger.ts", "[address]"],
    ] as const) {
      const [title, frame] = printed(framesAt(name, mark))?.split("\n") ?? [];
      expect(title).toBe("Any: Error: no");
      expect(frame).toMatch(new RegExp(`^    at ${file}:${lineOf(file, mark)}:\\d+$`));
      expect(codeOf(name)).not.toContain("sourceMappingURL");
    }
    expect(printed(["at node:internal/any:1:2"])).toBe("Any: Error: no\n    at node:internal/any:1:2");
    expect(readableError("Any", '{"level":"INFO"}', first)).toBeUndefined();
    expect(readableError("Any", '{"level":"ERROR","message":"text"}', first)).toBe("Any: text");
  });

  it("load Node's modules by name, without importing all their exports", () => {
    for (const { name } of bundles) {
      const code = readFileSync(join(first, name, "index.mjs"), "utf8");
      const imported = [...code.matchAll(/\b(?:from|import\()\s*"(node:[\w/]+)"/g)].map(([, from]) => from);
      expect(imported, name).toEqual(["node:module"]);
    }
  });

  it("include Swagger UI and the OpenAPI document for pages", () => {
    const files = filesOf(join(first, "pages/public/swagger"));
    expect(files).toEqual(expect.arrayContaining(["index.html", "initialise.js", "openapi.json"]));
    const page = readFileSync(join(first, "pages/public/swagger/index.html"), "utf8");
    const linked = [...page.matchAll(/(?:src|href)="([^":]+)"/g)].map(([, path = ""]) => path);
    expect(files).toEqual(expect.arrayContaining(linked));
  });

  it("use every variable of their function's grant", () => {
    const unused = Object.entries<Grant>(grants).flatMap(([name, grant]) => {
      const code = readFileSync(join(first, kebabCase(name), "index.mjs"), "utf8");
      const resources = Object.keys(grant).filter((key) => key === key.toUpperCase());
      const told = [...resources, ...(grant.settings ?? [])];
      return told
        .filter((variable) => !code.includes(`"${variable}"`))
        .map((variable) => `${name} ${variable}`);
    });
    expect(unused).toEqual([]);
  });
});
