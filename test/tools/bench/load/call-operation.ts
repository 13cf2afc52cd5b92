// Calls an operation over node:http. `fetch` would cost several times the CPU.
import { request, type IncomingHttpHeaders, type RequestOptions } from "node:http";
import { contract, type OperationName } from "../../../../shared/contract/contract.ts";
import type { Operation } from "../../../../shared/contract/operation.ts";

type Input = {
  body?: unknown;
  token?: string;
  headers?: Record<string, string>;
  /** Of the account or session in the path. */
  id?: string | undefined;
  /** Of the session in the path, beside an account's. */
  sessionId?: string | undefined;
};
type RawAnswer = { status: number; headers: IncomingHttpHeaders; text: string };

/** `connection` says from where and to which host. */
export const callOperation = (
  connection: RequestOptions,
  operation: OperationName,
  { body, token, headers, id = "", sessionId = "" }: Input,
): Promise<RawAnswer> => {
  const { method, path, keepsStaffCookie }: Operation = contract[operation];
  const payload = body === undefined ? "" : JSON.stringify(body);
  const sent = {
    "content-length": Buffer.byteLength(payload),
    ...(body !== undefined && { "content-type": "application/json" }),
    ...(token !== undefined && { authorization: `Bearer ${token}` }),
    ...(keepsStaffCookie && { origin: `http://${connection.hostname}:${connection.port}` }),
    ...headers,
  };
  return new Promise((resolve, reject) => {
    const outgoing = request(
      {
        ...connection,
        method,
        path: path.replace("{id}", id).replace("{session_id}", sessionId),
        headers: sent,
      },
      (incoming) => {
        let text = "";
        incoming.setEncoding("utf8");
        incoming.on("data", (chunk: string) => (text += chunk));
        incoming.on("end", () =>
          resolve({ status: incoming.statusCode ?? 0, headers: incoming.headers, text }),
        );
      },
    );
    outgoing.on("error", reject);
    outgoing.end(payload);
  });
};
