// Stands in for a service that verifies challenges, in the form of Turnstile's siteverify.
import { once } from "node:events";
import { createServer, type IncomingHttpHeaders, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";

export type Asked = {
  url: string | undefined;
  method: string | undefined;
  headers: IncomingHttpHeaders;
  form: Record<string, string>;
};
export type Respond = (response: ServerResponse, asked: Asked) => void;

export const json =
  (body: unknown, status = 200): Respond =>
  (response) =>
    void response.writeHead(status, { "content-type": "application/json" }).end(JSON.stringify(body));

/** Answers that are no judgement of a token. */
export const outages: [string, Respond][] = [
  ["doesn't answer", () => {}],
  ["stalls in the middle", (response) => void response.write('{"success": true,')],
  ["drops the connection", (response) => void response.socket?.destroy()],
  ["redirects", (response) => void response.writeHead(307, { location: "/other" }).end()],
  ["answers 500", json({ success: true, hostname: "app.example.com" }, 500)],
  ["answers 429", json({ success: false }, 429)],
  ["answers with an HTML page", (response) => void response.end("<html>Attention required</html>")],
  ["answers with an empty body", (response) => void response.end()],
  ["answers with other JSON", json({ ok: true })],
  ["answers with null", json(null)],
  ["answers a text as success", json({ success: "true", hostname: "app.example.com" })],
  ["doesn't know our secret", json({ success: false, "error-codes": ["invalid-input-secret"] })],
  ["has an error of its own", json({ success: false, "error-codes": ["internal-error"] })],
];

export const startVerificationService = async () => {
  const asked: Asked[] = [];
  let respond: Respond = json({ success: false });
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on("data", (chunk: Buffer) => chunks.push(chunk));
    request.on("end", () => {
      const { url, method, headers } = request;
      const form = Object.fromEntries(new URLSearchParams(Buffer.concat(chunks).toString()));
      const one = { url, method, headers, form };
      asked.push(one);
      respond(response, one);
    });
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}/siteverify`,
    asked,
    answer: (next: Respond): void => {
      respond = next;
      asked.length = 0;
    },
    stop: async (): Promise<void> => {
      server.closeAllConnections();
      server.close();
      await once(server, "close");
    },
  };
};

export type VerificationService = Awaited<ReturnType<typeof startVerificationService>>;
