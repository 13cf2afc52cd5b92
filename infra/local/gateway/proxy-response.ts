import * as z from "zod";
import type { HttpAnswer } from "./default-responses.ts";

const headerValue = z.union([z.string(), z.number(), z.boolean()]).transform(String);
const responseSchema = z.strictObject({
  statusCode: z.coerce.number().int().min(100).max(599),
  headers: z.record(z.string(), headerValue).nullish(),
  multiValueHeaders: z.record(z.string(), z.array(headerValue)).nullish(),
  body: z.string().nullish(),
  isBase64Encoded: z.boolean().nullish(),
});

/** `decodes` is true if the request accepts a binary type. An invalid payload returns undefined. */
export const readProxyResponse = (payload: unknown, decodes: boolean): HttpAnswer | undefined => {
  const parsed = responseSchema.safeParse(payload);
  if (!parsed.success) return undefined;
  const { statusCode: status, headers, multiValueHeaders, body, isBase64Encoded } = parsed.data;
  // If a name is in both, the list wins.
  const lists = new Map<string, [string, string[]]>();
  for (const [name, value] of Object.entries(headers ?? {})) lists.set(name.toLowerCase(), [name, [value]]);
  for (const [name, values] of Object.entries(multiValueHeaders ?? {}))
    lists.set(name.toLowerCase(), [name, values]);
  // The gateway sets its own Content-Length.
  lists.delete("content-length");
  if (!lists.has("content-type")) lists.set("content-type", ["Content-Type", ["application/json"]]);
  return {
    status,
    headers: [...lists.values()].flatMap(([name, values]) =>
      values.map((value): [string, string] => [name, value]),
    ),
    body: isBase64Encoded && decodes ? Buffer.from(body ?? "", "base64") : (body ?? ""),
  };
};
