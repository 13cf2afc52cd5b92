// Serves a page with the client from an origin of its own, as a front end of the API has one.
import { once } from "node:events";
import { createServer } from "node:http";
import { build } from "esbuild";

const pageFor = (baseUrl: string) => `<!doctype html><title>Front end</title><script type="module">
  import { createClient, webStorage } from "/client.js";
  const asked = new URLSearchParams(location.search);
  const storage = asked.has("memory") ? undefined : webStorage(localStorage);
  window.client = createClient({ baseUrl: asked.get("base") ?? "${baseUrl}", storage });
  window.changes = [];
  client.subscribe(() => changes.push(client.getSnapshot()));
</script>`;

export type ClientSite = {
  url: string;
  /** Requests that have reached the site, as `GET /path`. */
  arrived: string[];
  stop: () => void;
};

/** Below `/moved`, the site answers with redirects to `/elsewhere`. */
export const startClientSite = async (baseUrl: string): Promise<ClientSite> => {
  const { outputFiles } = await build({
    entryPoints: ["client/create-client.ts"],
    bundle: true,
    format: "esm",
    target: "es2022",
    write: false,
  });
  const script = outputFiles[0]!.text;
  const arrived: string[] = [];
  const server = createServer(({ method, url = "" }, response) => {
    arrived.push(`${method} ${url}`);
    if (url.startsWith("/moved")) response.writeHead(307, { location: "/elsewhere" }).end();
    else if (url === "/client.js") response.setHeader("content-type", "text/javascript").end(script);
    else response.setHeader("content-type", "text/html").end(pageFor(baseUrl));
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  const port = typeof address === "object" && address !== null ? address.port : 0;
  return {
    url: `http://127.0.0.1:${port}`,
    arrived,
    stop: () => {
      server.close();
      server.closeAllConnections();
    },
  };
};
