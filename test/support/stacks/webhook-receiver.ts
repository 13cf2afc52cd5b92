// An owner's receiver of webhooks: it notes what comes and answers what a test wants.
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { text } from "node:stream/consumers";
import * as z from "zod";

const webhook = z.object({
  type: z.string(),
  timestamp: z.iso.datetime(),
  data: z.strictObject({ id: z.string(), version: z.int(), test: z.literal(true).optional() }),
});
export type Got = z.output<typeof webhook> & {
  eventId: string;
  headers: Record<string, string>;
  body: string;
  status: number;
};

export const startReceiver = async (answer: (got: Omit<Got, "status">) => number) => {
  const all: Got[] = [];
  const take = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const body = await text(request);
    const headers = Object.fromEntries(
      Object.entries(request.headers).map(([name, value]) => [name, String(value)]),
    );
    const read = webhook.parse(JSON.parse(body));
    const got = { ...read, eventId: headers["webhook-id"] ?? "", headers, body };
    const status = answer(got);
    all.push({ ...got, status });
    response.writeHead(status).end();
  };
  const server = createServer((request, response) => void take(request, response));
  await new Promise<void>((ready) => void server.listen(0, "127.0.0.1", ready));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/hook`,
    all: (userId?: string): Got[] => all.filter(({ data }) => userId === undefined || data.id === userId),
    stop: () => {
      server.closeAllConnections();
      server.close();
    },
  };
};
