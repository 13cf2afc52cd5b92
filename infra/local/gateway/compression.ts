import { promisify } from "node:util";
import { deflate, gzip } from "node:zlib";
import Negotiator from "negotiator";
import type { HttpAnswer } from "./default-responses.ts";

const compressors = { gzip: promisify(gzip), deflate: promisify(deflate) };

const encodings = ["gzip", "deflate"] as const;

/** API Gateway compresses only for clients that name an encoding, so not for `*`. */
const chosen = (accepted: string): (typeof encodings)[number] | undefined => {
  const accepts = new Negotiator({ headers: { "accept-encoding": accepted } }).encodings([...encodings]);
  return encodings.find((name) => accepts.includes(name) && accepted.toLowerCase().includes(name));
};

export const compress = async (
  answer: HttpAnswer,
  acceptEncoding: string | string[] | undefined,
  minimumBytes: number | undefined,
): Promise<HttpAnswer> => {
  const bytes = Buffer.byteLength(answer.body);
  const isEncoded = answer.headers.some(([name]) => name.toLowerCase() === "content-encoding");
  if (minimumBytes === undefined || bytes < Math.max(1, minimumBytes) || isEncoded) return answer;
  const encoding = chosen([acceptEncoding ?? ""].flat().join(","));
  if (encoding === undefined) return answer;
  return {
    status: answer.status,
    headers: [...answer.headers, ["Content-Encoding", encoding]],
    body: await compressors[encoding](answer.body),
  };
};
