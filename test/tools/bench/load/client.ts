// The load generator's HTTP client.
import { Agent } from "node:http";
import { contract, type OperationName } from "../../../../shared/contract/contract.ts";
import { callOperation } from "./call-operation.ts";

export type Input = {
  body?: unknown;
  token?: string;
  deviceToken?: string;
  /** Of the account or session in the path. */
  id?: string | undefined;
};
export type Client = {
  /** Returns the response body. The status must be the one in the contract. */
  call: (name: OperationName, input?: Input) => Promise<unknown>;
  /** Calls an operation that must answer with another status. */
  callForStatus: (name: OperationName, input: Input, status: number) => Promise<unknown>;
  /** Returns the response body, and the device token if the answer has one. */
  callForDevice: (name: OperationName, input: Input) => Promise<{ body: unknown; deviceToken: string }>;
  /** The number of calls so far. */
  callsOf: (name: OperationName) => number;
  close: () => void;
};

export const createClient = (url: string): Client => {
  const agent = new Agent({ keepAlive: true });
  const { hostname, port } = new URL(url);

  const counts: Partial<Record<OperationName, number>> = {};

  const answerOf = async (name: OperationName, { deviceToken, ...input }: Input, status: number) => {
    counts[name] = (counts[name] ?? 0) + 1;
    const headers = deviceToken === undefined ? {} : { "x-device-token": deviceToken };
    const answer = await callOperation({ agent, hostname, port }, name, { ...input, headers });
    if (answer.status !== status) throw new Error(`${name} answered ${answer.status}: ${answer.text}`);
    const body: unknown = answer.text === "" ? undefined : JSON.parse(answer.text);
    return { body, deviceToken: String(answer.headers["x-device-token"] ?? "") };
  };
  const statusOf = (name: OperationName) => contract[name].success.status;

  return {
    callForStatus: async (name, input, status) => (await answerOf(name, input, status)).body,
    call: async (name, input = {}) => (await answerOf(name, input, statusOf(name))).body,
    callForDevice: (name, input) => answerOf(name, input, statusOf(name)),
    callsOf: (name) => counts[name] ?? 0,
    close: () => agent.destroy(),
  };
};
