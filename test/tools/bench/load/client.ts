// The load generator's HTTP client.
import { Agent } from "node:http";
import { contract, type OperationName } from "../../../../shared/contract/contract.ts";
import { callOperation } from "./call-operation.ts";

export type Input = {
  body?: unknown;
  token?: string;
  deviceToken?: string;
  /** Of the admin page's session. */
  cookie?: string;
  /** Of the account or session in the path. */
  id?: string | undefined;
  /** Of the session in the path, beside an account's. */
  sessionId?: string | undefined;
};

/** What answers carry beside their body, or an empty text. */
export type Answered = { body: unknown; deviceToken: string; cookie: string };
export type Client = {
  /** Returns the response body. The status must be the one in the contract. */
  call: (name: OperationName, input?: Input) => Promise<unknown>;
  /** Calls an operation that must answer with another status. */
  callForStatus: (name: OperationName, input: Input, status: number) => Promise<unknown>;
  /** Returns the response body, and the device token and cookie if the answer has them. */
  callForHeaders: (name: OperationName, input: Input) => Promise<Answered>;
  /** The number of calls so far. */
  callsOf: (name: OperationName) => number;
  close: () => void;
};

export const createClient = (url: string): Client => {
  const agent = new Agent({ keepAlive: true });
  const { hostname, port } = new URL(url);

  const counts: Partial<Record<OperationName, number>> = {};

  const answerOf = async (name: OperationName, { deviceToken, cookie, ...input }: Input, status: number) => {
    counts[name] = (counts[name] ?? 0) + 1;
    const headers = {
      ...(deviceToken !== undefined && { "x-device-token": deviceToken }),
      ...(cookie !== undefined && { cookie }),
    };
    const answer = await callOperation({ agent, hostname, port }, name, { ...input, headers });
    if (answer.status !== status) throw new Error(`${name} answered ${answer.status}: ${answer.text}`);
    const body: unknown = answer.text === "" ? undefined : JSON.parse(answer.text);
    const setCookie = answer.headers["set-cookie"]?.find((one) => one.startsWith("__Host-")) ?? "";
    return {
      body,
      deviceToken: String(answer.headers["x-device-token"] ?? ""),
      cookie: setCookie.split(";")[0] ?? "",
    };
  };
  const statusOf = (name: OperationName) => contract[name].success.status;

  return {
    callForStatus: async (name, input, status) => (await answerOf(name, input, status)).body,
    call: async (name, input = {}) => (await answerOf(name, input, statusOf(name))).body,
    callForHeaders: (name, input) => answerOf(name, input, statusOf(name)),
    callsOf: (name) => counts[name] ?? 0,
    close: () => agent.destroy(),
  };
};
