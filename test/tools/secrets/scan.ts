// Looks for keys and tokens in every file that git tracks.
import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { readCommandLine } from "../../../infra/command-line/command-line.ts";
import { findSecrets } from "./find-secrets.ts";

readCommandLine("secrets");
const files = execFileSync("git", ["ls-files", "-z"], { encoding: "utf8" })
  .split("\0")
  .filter((file) => file !== "");

let found = 0;
for (const file of files) {
  const content = readFileSync(file);
  if (content.includes(0)) continue;
  for (const { line, what } of await findSecrets(file, content.toString())) {
    process.stderr.write(`${file}:${line}: ${what}\n`);
    found += 1;
  }
}
if (found > 0) process.exitCode = 1;
else process.stdout.write(`No key and no token in ${files.length} files\n`);
