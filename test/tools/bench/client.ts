// The load generator's HTTP client.
import { Agent } from "node:http";
import { contract, type OperationName } from "../../../shared/contract/contract.ts";
import { callOperation } from "./call-operation.ts";

export type Client = {
  /** Returns the response body. The status must be the one in the contract. */
  call: (name: OperationName, input?: { body?: unknown; token?: string }) => Promise<unknown>;
  /** Calls an operation that must answer with another status. */
  callForStatus: (
    name: OperationName,
    input: { body?: unknown; token?: string },
    status: number,
  ) => Promise<unknown>;
  close: () => void;
};

export const createClient = (url: string): Client => {
  const agent = new Agent({ keepAlive: true });
  const { hostname, port } = new URL(url);

  const callForStatus: Client["callForStatus"] = async (name, input, status) => {
    const answer = await callOperation({ agent, hostname, port }, name, input);
    if (answer.status !== status) throw new Error(`${name} answered ${answer.status}: ${answer.text}`);
    return answer.text === "" ? undefined : JSON.parse(answer.text);
  };

  return {
    callForStatus,
    call: (name, input = {}) => callForStatus(name, input, contract[name].success.status),
    close: () => agent.destroy(),
  };
};
