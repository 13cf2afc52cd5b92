import { globSync } from "node:fs";

/** All pages that people read. */
export const documents = globSync([
  "*.md",
  "client/*.md",
  "docs/**/*.md",
  "test/*.md",
  "test/tools/**/*.md",
]).toSorted();
