// DynamoDB Local keeps a store for each access key, so this key must outlive the run.
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { newAccessKeyId } from "../aws/access-keys.ts";

export const keptAccessKeyId = (folder: string): string => {
  const file = path.join(folder, "access-key");
  try {
    return readFileSync(file, "utf8");
  } catch {
    const accessKeyId = newAccessKeyId();
    mkdirSync(folder, { recursive: true });
    writeFileSync(file, accessKeyId, { mode: 0o600 });
    return accessKeyId;
  }
};
