import { once } from "node:events";
import { createServer, type RequestListener, type Server } from "node:http";
import { UserError } from "../../user-error.ts";

export const loopback = "127.0.0.1";

const sentences = (host: string, port: number): Record<string, string> => ({
  EADDRINUSE: `Port ${port} is in use. Stop the program that uses it, or run \`npm start -- --port ${port + 1}\`.`,
  EACCES: `You have no permission to use port ${port}. Choose one above 1023.`,
  EADDRNOTAVAIL: `--host ${host} is not an address of this machine.`,
  ENOTFOUND: `--host ${host} is not an address of this machine.`,
});

const listen = async (server: Server, port: number, host: string): Promise<number> => {
  const listening = once(server, "listening");
  server.listen(port, host);
  try {
    await listening;
  } catch (error) {
    const code = error instanceof Error && "code" in error ? String(error.code) : "";
    const sentence = sentences(host, port)[code];
    throw sentence === undefined ? error : new UserError(sentence);
  }
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("the server has no port");
  return address.port;
};

const close = async (server: Server): Promise<void> => {
  if (!server.listening) return;
  const closed = once(server, "close");
  server.close();
  server.closeAllConnections();
  await closed;
};

/** Listens at `host` and always at 127.0.0.1 too, which alone may see the mailbox. */
export const listeningServers = async (answer: RequestListener, port: number, host: string) => {
  const includesLoopback = [loopback, "localhost", "0.0.0.0", "::"].includes(host);
  const hosts = includesLoopback ? [host === "localhost" ? loopback : host] : [loopback, host];
  const servers: Server[] = [];
  const stop = async () => void (await Promise.all(servers.map(close)));
  let actualPort = port;
  try {
    for (const each of hosts) {
      const server = createServer({ keepAliveTimeout: 60_000 }, answer);
      servers.push(server);
      actualPort = await listen(server, actualPort, each);
    }
  } catch (error) {
    await stop();
    throw error;
  }
  return { port: actualPort, stop };
};
