// `npm run postman` writes the collection and environment for Postman. A test compares them.
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { readCommandLine } from "../../../infra/command-line/command-line.ts";
import { collection, environment } from "./collection.ts";

const folder = join(import.meta.dirname, "../../postman");
const text = (content: object) => `${JSON.stringify(content, undefined, 2)}\n`;

/** Maps each file to its text. */
export const postmanFiles: Record<string, string> = {
  [join(folder, "lit-auth.postman_collection.json")]: text(collection),
  [join(folder, "lit-auth.postman_environment.json")]: text(environment),
};

if (import.meta.main) {
  readCommandLine("postman");
  for (const [file, content] of Object.entries(postmanFiles)) writeFileSync(file, content);
}
