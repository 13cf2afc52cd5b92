// Finds a port for servers that can't report which port they were given.
import { randomInt } from "node:crypto";
import { once } from "node:events";
import { createServer } from "node:net";

// The range is above the ports that `fetch` refuses and below Linux's ephemeral ports (from 32768).
// An outgoing connection could take an ephemeral port before the server starts.
const [lowest, highest] = [20_000, 32_000];
const attempts = 100;

const isFree = async (port: number): Promise<boolean> => {
  const server = createServer().listen(port, "127.0.0.1");
  try {
    await once(server, "listening");
  } catch {
    return false;
  }
  server.close();
  await once(server, "close");
  return true;
};

export const freePort = async (): Promise<number> => {
  for (let tried = 0; tried < attempts; tried += 1) {
    const port = randomInt(lowest, highest);
    if (await isFree(port)) return port;
  }
  throw new Error("No free port was found on 127.0.0.1.");
};
