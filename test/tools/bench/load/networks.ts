// Sends requests from many client networks. Every address of 127.0.0.0/8 belongs to this machine,
// so each number gets a source address of its own.
import { Agent } from "node:http";
import type { OperationName } from "../../../../shared/contract/contract.ts";
import { callOperation } from "./call-operation.ts";

export type Answer = { status: number; headers: Headers; body: unknown };
type Input = {
  body?: unknown;
  token?: string;
  deviceToken?: string;
  headers?: Record<string, string>;
  id?: string | undefined;
};
type Networks = {
  send: (network: number, operation: OperationName, input?: Input) => Promise<Answer>;
  close: () => void;
};

const addressOf = (network: number) =>
  `127.${1 + ((network >> 16) % 250)}.${(network >> 8) % 256}.${network % 256}`;

/** Headers with which a client lies about its address. */
export const forgedOrigin = (number: number): Record<string, string> => {
  const address = `203.0.${(number >> 8) % 256}.${number % 256}`;
  return { "x-forwarded-for": address, "x-real-ip": address, forwarded: `for=${address}`, via: address };
};

export const openNetworks = (url: string): Networks => {
  const { hostname, port } = new URL(url);
  const agents = new Map<number, Agent>();
  const agentOf = (network: number) => {
    const agent = agents.get(network) ?? new Agent({ keepAlive: true, maxSockets: 16 });
    agents.set(network, agent);
    return agent;
  };

  const send: Networks["send"] = async (network, operation, { deviceToken, headers, ...input } = {}) => {
    const connection = { agent: agentOf(network), localAddress: addressOf(network), hostname, port };
    const answer = await callOperation(connection, operation, {
      ...input,
      headers: { ...(deviceToken !== undefined && { "x-device-token": deviceToken }), ...headers },
    });
    const pairs = Object.entries(answer.headers).map(([name, value]): [string, string] => [
      name,
      String(value),
    ]);
    const body: unknown = answer.text === "" ? undefined : JSON.parse(answer.text);
    return { status: answer.status, headers: new Headers(pairs), body };
  };

  return {
    send,
    close: () => {
      for (const agent of agents.values()) agent.destroy();
    },
  };
};
