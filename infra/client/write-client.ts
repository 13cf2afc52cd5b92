import { readFileSync, statSync } from "node:fs";
import { join, relative } from "node:path";
import { gzipSync } from "node:zlib";
import { readCommandLine } from "../command-line/command-line.ts";
import { root, runScript } from "../run-script.ts";
import { packageFolder, packClient, tarball, writeGeneratedFiles } from "./client-package.ts";

readCommandLine("client");

const bytes = (size: number): string => `${size.toLocaleString("en")} bytes`;

await runScript(async () => {
  const written = await writeGeneratedFiles();
  const files = written.map((name) => `client/${name}`).join(", ");
  console.log(files === "" ? "client/ is as the contract says." : `Wrote ${files} from the contract.`);
  await packClient();
  console.log(`Wrote ${relative(root, tarball)} (${bytes(statSync(tarball).size)}).`);
  const code = gzipSync(readFileSync(join(packageFolder, "create-client.js")), { level: 9 });
  console.log(`Its code is ${bytes(code.length)} after gzip.`);
});
