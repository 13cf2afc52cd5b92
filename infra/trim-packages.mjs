// Runs after npm has installed packages, perhaps with an older Node. Deletes what nothing here reads:
// Node's C headers, a layer with the AWS command line for CDK, and the packages' source maps.
import { readdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

const packages = fileURLToPath(new URL("../node_modules", import.meta.url));
const unread = /^(node\/node_modules\/[^/]+\/include|@aws-cdk\/asset-awscli-v1\/lib\/layer\.zip|.*\.map)$/;

const trim = (folder) => {
  for (const entry of readdirSync(join(packages, folder), { withFileTypes: true })) {
    const path = folder === "" ? entry.name : `${folder}/${entry.name}`;
    if (unread.test(path)) rmSync(join(packages, path), { recursive: true, force: true });
    else if (entry.isDirectory() && !entry.name.startsWith(".")) trim(path);
  }
};

trim("");
