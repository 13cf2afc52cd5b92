// `npm run test:client` makes a Python client from openapi.yaml with openapi-python-client (PyPI),
// and uses it to register, activate, sign in and change a name at a local stack.
import { execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import { copyFileSync, existsSync } from "node:fs";
import { join } from "node:path";
import { contract } from "../../../shared/contract/contract.ts";
import type { Operation } from "../../../shared/contract/operation.ts";
import { openContractTarget } from "./contract-target.ts";
import { installedPackage } from "./python-packages.ts";

const version = "0.29.1";
const here = import.meta.dirname;
const document = join(here, "../../../openapi.yaml");

const operationsWithBody = Object.values<Operation>(contract)
  .filter(({ body }) => body !== undefined)
  .map(({ name }) => name);

const generate = (programs: string, folder: string): void => {
  const output = join(folder, "generated");
  // `--meta none` makes a package without files of a project.
  const parameters = ["generate", "--path", document, "--output-path", output, "--meta", "none"];
  const env = { ...process.env, PATH: `${programs}:${process.env["PATH"] ?? ""}` };
  const options = ["--fail-on-warning"];
  execFileSync(join(programs, "openapi-python-client"), [...parameters, ...options], {
    stdio: "inherit",
    env,
  });
  if (!existsSync(join(output, "client.py"))) throw new Error("no client was generated");
};

const drive = async (programs: string): Promise<boolean> => {
  const target = await openContractTarget();
  try {
    generate(programs, target.folder);
    copyFileSync(join(here, "drive_client.py"), join(target.folder, "drive_client.py"));
    const script = [join(target.folder, "drive_client.py"), target.url, JSON.stringify(operationsWithBody)];
    const child = spawn(join(programs, "python"), script, { stdio: "inherit" });
    const [status] = await once(child, "exit");
    return status === 0;
  } finally {
    await target.close();
  }
};

const programs = installedPackage("openapi-python-client", version);
if (programs !== undefined && !(await drive(programs))) process.exitCode = 1;
