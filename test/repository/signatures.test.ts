import { spawnSync } from "node:child_process";
import { chmodSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it, onTestFinished } from "vitest";

const [check = ""] = /^check_signatures\(\) \{[^]*?^\}/m.exec(readFileSync(".ci/run", "utf8")) ?? [];

/** Runs the step of `.ci/run` with an npm that says this. */
const stepWith = (said: string, status: number) => {
  const folder = mkdtempSync(join(tmpdir(), "lit-auth-npm-"));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  writeFileSync(join(folder, "npm"), `#!/bin/sh\necho "$SAID"\nexit ${status}\n`);
  chmodSync(join(folder, "npm"), 0o755);
  return spawnSync("bash", ["-c", `${check}\ncheck_signatures`], {
    encoding: "utf8",
    env: { PATH: `${folder}:${process.env["PATH"]}`, SAID: said },
  });
};

describe("signatures of packages in .ci/run", () => {
  it.each([
    ["good signatures", "audited 447 packages\n447 packages have verified registry signatures", 0],
    ["no name server", "npm error code ENOTFOUND\nnpm error network request failed", 1],
    ["no route", "npm error code ENETUNREACH", 1],
    ["a refused connection", "npm error code ECONNREFUSED", 1],
    ["a time-out", "npm error code ERR_SOCKET_TIMEOUT", 1],
    ["a proxy that refuses", "npm error code E403", 1],
    [
      "a registry without keys",
      "found no dependencies to audit that were installed from a supported registry",
      1,
    ],
  ])("pass with %s", (_, said, status) => {
    expect(stepWith(said, status).status).toBe(0);
  });

  it.each([
    ["an invalid signature", "1 package has an invalid registry signature:\n\nzod@4.6.7"],
    [
      "a missing signature",
      "1 package has a missing registry signature but the registry is providing signing keys",
    ],
    [
      "an invalid one beside a network error",
      "npm error code ENOTFOUND\n1 package has an invalid attestation",
    ],
    ["an unknown failure", "npm error code EUNKNOWN"],
    ["silence", ""],
  ])("fail with %s", (_, said) => {
    expect(stepWith(said, 1).status).toBe(1);
  });
});
