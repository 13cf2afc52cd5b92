/** A caller from many sides: every address of 127.0.0.0/8 is this machine, so that each side is a network of its own. */
import { Agent, request } from "node:http";
import { contract, type OperationName } from "../../../shared/contract/contract.ts";

export type SideAnswer = { status: number; headers: Headers; body: unknown };
type Input = { body?: unknown; token?: string; deviceToken?: string; headers?: Record<string, string> };
export type Sides = {
  send: (side: number, operation: OperationName, input?: Input) => Promise<SideAnswer>;
  close: () => void;
};

const addressOf = (side: number) => `127.${1 + ((side >> 16) % 250)}.${(side >> 8) % 256}.${side % 256}`;

/** What liars say of where they come from. */
export const forgedOrigin = (number: number): Record<string, string> => {
  const address = `203.0.${(number >> 8) % 256}.${number % 256}`;
  return { "x-forwarded-for": address, "x-real-ip": address, forwarded: `for=${address}`, via: address };
};

export const openSides = (url: string): Sides => {
  const { hostname, port } = new URL(url);
  const agents = new Map<number, Agent>();
  const agentOf = (side: number) => {
    const agent = agents.get(side) ?? new Agent({ keepAlive: true, maxSockets: 16 });
    agents.set(side, agent);
    return agent;
  };

  const send: Sides["send"] = (side, operation, { body, token, deviceToken, headers } = {}) => {
    const { method, path } = contract[operation];
    const payload = body === undefined ? "" : JSON.stringify(body);
    return new Promise((resolve, reject) => {
      const outgoing = request(
        {
          agent: agentOf(side),
          localAddress: addressOf(side),
          hostname,
          port,
          method,
          path,
          headers: {
            "content-length": Buffer.byteLength(payload),
            ...(body !== undefined && { "content-type": "application/json" }),
            ...(token !== undefined && { authorization: `Bearer ${token}` }),
            ...(deviceToken !== undefined && { "x-device-token": deviceToken }),
            ...headers,
          },
        },
        (incoming) => {
          let text = "";
          incoming.setEncoding("utf8");
          incoming.on("data", (chunk: string) => (text += chunk));
          incoming.on("end", () => {
            const pairs = Object.entries(incoming.headers).map(([name, value]): [string, string] => [
              name,
              String(value),
            ]);
            const answer: unknown = text === "" ? undefined : JSON.parse(text);
            resolve({ status: incoming.statusCode ?? 0, headers: new Headers(pairs), body: answer });
          });
        },
      );
      outgoing.on("error", reject);
      outgoing.end(payload);
    });
  };

  return {
    send,
    close: () => {
      for (const agent of agents.values()) agent.destroy();
    },
  };
};
