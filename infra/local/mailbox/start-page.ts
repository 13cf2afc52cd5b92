// The runner's own pages beside the mailbox: the links at `/`, and the documents.
import { globSync, readFileSync } from "node:fs";
import path from "node:path";
import type { HttpAnswer } from "../gateway/default-responses.ts";
import { pageAnswer } from "./page-answer.ts";

const root = path.join(import.meta.dirname, "../../..");
const documents = globSync(["README.md", "docs/*.md"], { cwd: root }).map((file) =>
  file.replaceAll("\\", "/"),
);

const contentSecurityPolicy =
  "default-src 'none'; style-src 'unsafe-inline'; img-src data:; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

const answer = (file: string, contentType: string): HttpAnswer =>
  pageAnswer(readFileSync(file), { contentType, contentSecurityPolicy });

export const startPage = (): HttpAnswer =>
  answer(path.join(import.meta.dirname, "start-page.html"), "text/html");

export const documentAt = (url: string): HttpAnswer | undefined => {
  const document = documents.find((name) => url === `/_docs/${name}`);
  return document === undefined ? undefined : answer(path.join(root, document), "text/plain");
};
