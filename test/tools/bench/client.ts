// The load generator's HTTP client. `fetch` would cost several times the CPU of node:http.
import { Agent, request } from "node:http";
import { contract, type OperationName } from "../../../shared/contract/contract.ts";

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

  const callForStatus: Client["callForStatus"] = (name, { body, token }, status) => {
    const { method, path } = contract[name];
    const payload = body === undefined ? "" : JSON.stringify(body);
    return new Promise((resolve, reject) => {
      const outgoing = request(
        {
          agent,
          hostname,
          port,
          method,
          path,
          headers: {
            "content-length": Buffer.byteLength(payload),
            ...(body !== undefined && { "content-type": "application/json" }),
            ...(token !== undefined && { authorization: `Bearer ${token}` }),
          },
        },
        (incoming) => {
          let text = "";
          incoming.setEncoding("utf8");
          incoming.on("data", (chunk: string) => (text += chunk));
          incoming.on("end", () => {
            if (incoming.statusCode === status) resolve(text === "" ? undefined : JSON.parse(text));
            else reject(new Error(`${name} answered ${incoming.statusCode}: ${text}`));
          });
        },
      );
      outgoing.on("error", reject);
      outgoing.end(payload);
    });
  };

  return {
    callForStatus,
    call: (name, input = {}) => callForStatus(name, input, contract[name].success.status),
    close: () => agent.destroy(),
  };
};
