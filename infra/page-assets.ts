/**
 * Puts what `functions/pages.ts` serves beside its bundle, under `public/`. Files in an `assets` folder are named by
 * version or content, and cached for ever.
 */
import { cp, mkdir, readFile, rm, writeFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { openApiDocument } from "./openapi.ts";

const manifest = createRequire(import.meta.url).resolve("swagger-ui-dist/package.json");
const sources = join(import.meta.dirname, "swagger");

export const writePageAssets = async (directory: string): Promise<void> => {
  const { version }: { version: string } = JSON.parse(await readFile(manifest, "utf8"));
  const swagger = join(directory, "public/swagger");
  await rm(swagger, { recursive: true, force: true });
  const assets = join(swagger, "assets", version);
  await mkdir(assets, { recursive: true });
  for (const file of ["swagger-ui.css", "swagger-ui-bundle.js"])
    await cp(join(dirname(manifest), file), join(assets, file));
  await cp(join(sources, "initialise.js"), join(swagger, "initialise.js"));
  const page = await readFile(join(sources, "index.html"), "utf8");
  await writeFile(join(swagger, "index.html"), page.replaceAll("{version}", version));
  await writeFile(join(swagger, "openapi.json"), JSON.stringify(openApiDocument()));
};
