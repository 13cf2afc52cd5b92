// Serves the sign-in page that people copy (examples/web/) beside `npm start`. Its TypeScript is
// bundled at each request, so a reload of the page shows the newest source.
import { context } from "esbuild";
import { once } from "node:events";
import { readFile } from "node:fs/promises";
import { createServer } from "node:http";
import { join } from "node:path";
import { readCommandLine, usageError } from "../command-line/command-line.ts";
import { onParentGone } from "../local/parent-process.ts";
import { root, runScript } from "../run-script.ts";
import { UserError } from "../user-error.ts";

const source = join(root, "examples/web");
const localApi = "http://127.0.0.1:8000";
const defaultPort = 5173;

const readArguments = (): { port: number; api: string } => {
  const { values } = readCommandLine("example");
  const port = Number(values.port ?? defaultPort);
  if (!Number.isInteger(port) || port < 1 || port > 65_535)
    throw usageError("example", `--port ${values.port} is not a port number.`);
  const api = values.api ?? localApi;
  if (!/^https?:$/.test(URL.parse(api)?.protocol ?? ""))
    throw usageError("example", `--api ${api} is not the address of an API.`);
  return { port, api };
};

/** Only the page's own files, and requests only to the API. No script or style within the page. */
const headersFor = (api: string) => ({
  "content-security-policy": [
    "default-src 'none'",
    "script-src 'self'",
    "style-src 'self'",
    "img-src data:",
    `connect-src ${new URL(api).origin}`,
    "base-uri 'none'",
    "form-action 'none'",
    "frame-ancestors 'none'",
    "require-trusted-types-for 'script'",
  ].join("; "),
  "x-content-type-options": "nosniff",
  "referrer-policy": "no-referrer",
  "cache-control": "no-store",
});

const answers = async (api: string): Promise<boolean> => {
  try {
    const path = "/.well-known/openid-configuration";
    const response = await fetch(api.replace(/\/*$/, path), { signal: AbortSignal.timeout(5000) });
    return response.ok;
  } catch {
    return false;
  }
};

const serve = async (port: number, api: string): Promise<void> => {
  const bundle = await context({
    entryPoints: [join(source, "sign-in-page.ts")],
    bundle: true,
    format: "esm",
    target: "es2022",
    sourcemap: "inline",
    write: false,
  });
  const read = (name: string) => readFile(join(source, name), "utf8");
  const page = async () => (await read("index.html")).replace(localApi, () => api);
  const script = async () => (await bundle.rebuild()).outputFiles[0]?.text ?? "";
  const files: Record<string, [type: string, content: () => Promise<string>]> = {
    "/": ["text/html", page],
    "/sign-in-page.css": ["text/css", () => read("sign-in-page.css")],
    "/sign-in-page.js": ["text/javascript", script],
  };
  const answer = async (url: string): Promise<{ status: number; type?: string; text?: string }> => {
    const [type, content] = files[url.split("?")[0] ?? ""] ?? [];
    if (content === undefined) return { status: 404 };
    try {
      return { status: 200, type: `${type}; charset=utf-8`, text: await content() };
    } catch {
      // esbuild has printed what is wrong with the source.
      return { status: 500 };
    }
  };
  const server = createServer(async ({ url = "" }, response) => {
    const { status, type = "text/plain", text = "" } = await answer(url);
    response.writeHead(status, { ...headersFor(api), "content-type": type }).end(text);
  });
  server.listen(port, "127.0.0.1");
  await once(server, "listening").catch(async (error: NodeJS.ErrnoException) => {
    await bundle.dispose();
    if (error.code !== "EADDRINUSE") throw error;
    throw new UserError(
      `Port ${port} is in use. Stop the program that uses it, or run \`npm run example -- --port ${port + 1}\`.`,
    );
  });
};

await runScript(async () => {
  const { port, api } = readArguments();
  await serve(port, api);
  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) process.on(signal, () => process.exit(0));
  onParentGone(() => process.exit(0));
  console.log(`
  Page  http://127.0.0.1:${port}/
  API   ${api}

  The source is examples/web/. Reload the page after a change. Press Ctrl-C to stop.`);
  if (!(await answers(api)))
    console.log(`\n  No API answers at ${api}. Start one in another terminal: npm start`);
});
