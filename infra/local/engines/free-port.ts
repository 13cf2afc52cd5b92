import { randomInt } from "node:crypto";
import { once } from "node:events";
import { createServer } from "node:net";

// The range is above the ports that `fetch` refuses and below Linux's ephemeral ports (from 32768).
// An outgoing connection could take an ephemeral port before the server starts.
const [lowest, highest] = [20_000, 32_000];
const attempts = 100;

const isFree = async (port: number, host: string): Promise<boolean> => {
  const server = createServer().listen(port, host);
  try {
    await once(server, "listening");
  } catch {
    return false;
  }
  server.close();
  await once(server, "close");
  return true;
};

export const freePort = async (host = "127.0.0.1"): Promise<number> => {
  for (let tried = 0; tried < attempts; tried += 1) {
    const port = randomInt(lowest, highest);
    if (await isFree(port, host)) return port;
  }
  throw new Error(`No free port was found on ${host}.`);
};

const anyLoopbackAddress = (): string => `127.${randomInt(1, 255)}.${randomInt(0, 256)}.${randomInt(1, 255)}`;

/** Linux has all addresses of 127.0.0.0/8. Other systems have only 127.0.0.1. */
export const hiddenHost = async (choose = anyLoopbackAddress): Promise<string | undefined> => {
  const host = choose();
  return (await isFree(0, host)) ? host : undefined;
};
