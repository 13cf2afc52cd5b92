// Copies the repository, adds attributes to the list and to no other file, checks types there, and
// runs added-attributes.ts as a test. `.ci/run` calls it.
import { spawnSync } from "node:child_process";
import { cpSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

const root = join(import.meta.dirname, "../../..");
const list = "shared/attributes/user-attributes.ts";
const scenario = "test/scenarios/own-stack/added-attributes.test.ts";

const added = String.raw`
  phone: {
    label: "Phone",
    schema: text()
      .regex(/^\+[1-9][0-9 ]{6,18}$/, "Enter a phone number such as +49 30 901820.")
      .meta({ description: "In the international format", examples: ["+49 30 901820"] }),
    writtenBy: "person",
    shownTo: "person",
  },
  newsletter: { label: "Newsletter", schema: flag, default: false, writtenBy: "person", shownTo: "person" },
  plan: {
    label: "Plan",
    schema: choice(["free", "team"]),
    choices: { free: "Free", team: "For teams" },
    default: "free",
    writtenBy: "staff",
    shownTo: "person",
    listed: true,
  },
  support_note: { label: "Note of the support", schema: text(), writtenBy: "staff", shownTo: "staff" },
  customer_number: {
    label: "Customer number",
    schema: text().regex(/^C-[0-9]+$/, "Enter a number such as C-17."),
    writtenBy: "import",
    shownTo: "person",
  },
} as const satisfies`;

const copied = /^(client|commands|functions|infra|letters|pages|shared|test|LICENSE)$|\.(json|ts|yaml)$/;

const copyOfRepository = (): string => {
  const copy = mkdtempSync(join(tmpdir(), "lit-auth-attributes-"));
  const tracked = spawnSync("git", ["ls-files", "--cached", "--others", "--exclude-standard"], { cwd: root });
  const files = tracked.stdout.toString().trimEnd().split("\n");
  for (const file of files.filter((path) => copied.test(path.split("/")[0] ?? "")))
    cpSync(join(root, file), join(copy, file), { recursive: true, force: true });
  symlinkSync(join(root, "node_modules"), join(copy, "node_modules"));
  return copy;
};

const addAttributes = (copy: string): void => {
  const before = readFileSync(join(copy, list), "utf8");
  const withImport = before.replace("import { choice, ", "import { choice, flag, ");
  const after = withImport.replace("\n} as const satisfies", () => added);
  if (withImport === before || after === withImport) throw new Error(`${list} has another form now`);
  writeFileSync(join(copy, list), after);
};

const copy = copyOfRepository();
try {
  addAttributes(copy);
  cpSync(join(import.meta.dirname, "added-attributes.ts"), join(copy, scenario));
  const run = (command: string, ...args: string[]) => {
    const { status } = spawnSync(command, args, { cwd: copy, stdio: "inherit" });
    if (status !== 0) throw new Error(`${command} ${args.join(" ")} failed with the added attributes`);
  };
  const tool = (name: string) => join(root, "node_modules/.bin", name);
  run(process.execPath, "infra/openapi/document.ts");
  run(process.execPath, "infra/client/write-client.ts");
  run(tool("tsc"));
  run(tool("tsc"), "-p", "pages");
  run(tool("tsc"), "-p", "client");
  run(tool("vitest"), "run", "--project", "scenarios/own-stack", scenario);
} finally {
  rmSync(copy, { recursive: true, force: true });
}
