// Files in an `assets` folder have a version or hash in their path, so they are cached forever.
import { build } from "esbuild";
import { cp, mkdir, readFile, rename, rm, writeFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { basename, dirname, join } from "node:path";
import { attributeFields } from "../../shared/attributes/attribute-fields.ts";
import { openApiDocument } from "../openapi/document.ts";
import { servingStage } from "../openapi/texts.ts";

const manifest = createRequire(import.meta.url).resolve("swagger-ui-dist/package.json");
const sources = join(import.meta.dirname, "../../pages");

const writeSwagger = async (directory: string) => {
  const { version }: { version: string } = JSON.parse(await readFile(manifest, "utf8"));
  const assets = join(directory, "assets", version);
  await mkdir(assets, { recursive: true });
  for (const file of ["swagger-ui.css", "swagger-ui-bundle.js"])
    await cp(join(dirname(manifest), file), join(assets, file));
  for (const file of ["contrast.css", "initialise.js"])
    await cp(join(sources, "swagger", file), join(directory, file));
  const page = await readFile(join(sources, "swagger/index.html"), "utf8");
  await writeFile(join(directory, "index.html"), page.replaceAll("{version}", version));
  await writeFile(join(directory, "openapi.json"), JSON.stringify(openApiDocument([servingStage])));
};

const writeAdmin = async (directory: string) => {
  const { metafile } = await build({
    absWorkingDir: sources,
    entryPoints: ["admin/main.tsx", "admin/admin.css"],
    outdir: join(directory, "assets"),
    entryNames: "[name]-[hash]",
    bundle: true,
    minify: true,
    format: "esm",
    target: "es2022",
    jsx: "automatic",
    define: {
      "process.env.NODE_ENV": '"production"',
      ATTRIBUTE_FIELDS: JSON.stringify(attributeFields),
    },
    logLevel: "warning",
    metafile: true,
  });
  let page = await readFile(join(sources, "admin/index.html"), "utf8");
  for (const output of Object.keys(metafile.outputs).map((path) => basename(path)))
    page = page.replace(`{${output.replace(/-[^-]+(?=\.\w+$)/, "")}}`, `assets/${output}`);
  await writeFile(join(directory, "index.html"), page);
};

export const writePageAssets = async (directory: string): Promise<void> => {
  const pages = join(directory, "public");
  // Renaming comes last, so an execution environment that starts meanwhile finds the old pages.
  const fresh = `${pages}.new`;
  await rm(fresh, { recursive: true, force: true });
  await Promise.all([writeSwagger(join(fresh, "swagger")), writeAdmin(join(fresh, "admin"))]);
  await rm(pages, { recursive: true, force: true });
  await rename(fresh, pages);
};
