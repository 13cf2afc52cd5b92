// What the recipes need of Express: one route, with a middleware before its answer.
import { createServer, type IncomingMessage, type Server } from "node:http";

type Asked = IncomingMessage & { user?: string };
type Answer = { status: (code: number) => Answer; json: (body: unknown) => void };
type Handler = (request: Asked, response: Answer, next: () => void) => unknown;

const routes = new Map<string, Handler[]>();

export const opened: Server[] = [];

const listen = (): Server => {
  const server = createServer((request, raw) => {
    const answer: Answer = {
      status: (code) => {
        raw.statusCode = code;
        return answer;
      },
      json: (body) => void raw.setHeader("content-type", "application/json").end(JSON.stringify(body)),
    };
    const run = ([handler, ...rest]: Handler[]): unknown => handler?.(request, answer, () => void run(rest));
    void run(routes.get(request.url ?? "") ?? []);
  });
  // Any port, because tests run beside each other.
  opened.push(server.listen(0, "127.0.0.1"));
  return server;
};

const express = () => ({
  get: (path: string, ...handlers: Handler[]) => void routes.set(path, handlers),
  listen: (_port: number) => listen(),
});
export { express as default };
