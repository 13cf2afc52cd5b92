// `npm run fuzz` sends requests that schemathesis (PyPI) makes from openapi.yaml to a local stack,
// valid and invalid ones, with and without a token, as a user and as an administrator. It fails if
// an answer isn't what the document says, or if an operation never succeeded.
import { spawn } from "node:child_process";
import { once } from "node:events";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import * as z from "zod";
import { contract } from "../../../shared/contract/contract.ts";
import { openContractTarget, type ContractTarget } from "./contract-target.ts";
import { planOfFuzz, unreachable } from "./fuzz-plan.ts";
import { installedPackage } from "./python-packages.ts";

const version = "4.32.5";

const here = import.meta.dirname;
const document = join(here, "../../../openapi.yaml");
const print = (text: string) => process.stdout.write(`${text}\n`);

const statuses = z.record(z.string(), z.record(z.string(), z.int()));

const runSchemathesis = async (programs: string, { url, folder }: ContractTarget, plan: object) => {
  const [planFile, answersFile] = [join(folder, "plan.json"), join(folder, "answers.json")];
  writeFileSync(planFile, JSON.stringify(plan));
  const config = ["--config-file", join(here, "schemathesis.toml")];
  const child = spawn(join(programs, "schemathesis"), [...config, "run", document, "--url", url], {
    cwd: folder,
    stdio: ["ignore", "inherit", "inherit"],
    env: {
      ...process.env,
      SCHEMATHESIS_HOOKS: "fuzz_hooks",
      PYTHONPATH: here,
      PYTHONDONTWRITEBYTECODE: "1",
      FUZZ_PLAN: planFile,
      FUZZ_ANSWERS: answersFile,
    },
  });
  const [status] = await once(child, "exit");
  return { status, answers: statuses.parse(JSON.parse(readFileSync(answersFile, "utf8"))) };
};

const succeeded = (counts: Record<string, number> = {}) =>
  Object.keys(counts).some((status) => status.startsWith("2"));

const fuzz = async (programs: string): Promise<boolean> => {
  const target = await openContractTarget();
  try {
    const { status, answers } = await runSchemathesis(programs, target, await planOfFuzz(target));
    const vacuous = Object.keys(contract).filter(
      (name) => !unreachable.has(name) && !succeeded(answers[name]),
    );
    if (vacuous.length > 0) print(`Never succeeded: ${vacuous.join(", ")}`);
    const requests = Object.values(answers).flatMap((counts) => Object.values(counts));
    print(`${requests.reduce((sum, count) => sum + count, 0)} requests`);
    return status === 0 && vacuous.length === 0;
  } finally {
    await target.close();
  }
};

const started = performance.now();
const programs = installedPackage("schemathesis", version);
if (programs !== undefined && !(await fuzz(programs))) process.exitCode = 1;
print(`${((performance.now() - started) / 1000).toFixed(0)} s`);
