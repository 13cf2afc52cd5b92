import { statSync } from "node:fs";
import { relative } from "node:path";
import { gzipSync } from "node:zlib";
import { readCommandLine } from "../command-line/command-line.ts";
import { root, runScript } from "../run-script.ts";
import { bundledClient, packClient, tarball, writeGeneratedFiles } from "./client-package.ts";

readCommandLine("client");

const bytes = (size: number): string => `${size.toLocaleString("en")} bytes`;

await runScript(async () => {
  const written = await writeGeneratedFiles();
  const files = written.map((name) => `client/${name}`).join(", ");
  console.log(files === "" ? "client/ is as the contract says." : `Wrote ${files} from the contract.`);
  await packClient();
  const [code] = (await bundledClient()).filter(({ name }) => name.endsWith(".js"));
  const size = gzipSync(code?.text ?? "", { level: 9 }).length;
  console.log(`Wrote ${relative(root, tarball)} (${bytes(statSync(tarball).size)}).`);
  console.log(`Its code is ${bytes(size)} after gzip.`);
});
