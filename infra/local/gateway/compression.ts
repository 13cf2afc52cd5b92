import { promisify } from "node:util";
import { deflate, gzip } from "node:zlib";
import type { HttpAnswer } from "./default-responses.ts";

const compressors = { gzip: promisify(gzip), deflate: promisify(deflate) };

const chosen = (accepted: string): keyof typeof compressors | undefined => {
  if (/\bgzip\b/.test(accepted)) return "gzip";
  return /\bdeflate\b/.test(accepted) ? "deflate" : undefined;
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
