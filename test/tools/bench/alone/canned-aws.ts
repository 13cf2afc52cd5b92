// A process that answers AWS calls with fixed items and secrets, for the bench of cold starts. It
// speaks the JSON protocols by their `X-Amz-Target`.
import { createHash } from "node:crypto";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { text } from "node:stream/consumers";

type Item = Record<string, { S: string } | { N: string } | { BOOL: boolean }>;
/** Items by the kind in their key. Sessions have none. */
export type Canned = { secrets: Record<string, string>; items: Record<string, Item>; session: Item };
type Request = {
  SecretId?: string;
  TableName?: string;
  MessageBody?: string;
  Key?: Item;
  RequestItems?: Record<string, { Keys?: Item[] }>;
};

const marshalled = (value: string | number | boolean): Item[string] =>
  typeof value === "string"
    ? { S: value }
    : typeof value === "number"
      ? { N: String(value) }
      : { BOOL: value };
export const itemOf = (plain: Record<string, string | number | boolean>): Item =>
  Object.fromEntries(Object.entries(plain).map(([name, value]) => [name, marshalled(value)]));

const itemAt = ({ items, session }: Canned, key: Item = {}): Item | undefined => {
  const pk = key["pk"];
  return pk && "S" in pk ? items[pk.S.split("#")[0] ?? ""] : session;
};

const answerTo = (target: string, request: Request, canned: Canned): object => {
  switch (target.replace(/^.*\./, "")) {
    case "GetSecretValue": {
      const { SecretId = "" } = request;
      return { ARN: SecretId, Name: SecretId, VersionId: "1", SecretString: canned.secrets[SecretId] };
    }
    case "SendMessage": {
      const md5 = createHash("md5").update(request.MessageBody ?? "");
      return { MessageId: "1", MD5OfMessageBody: md5.digest("hex") };
    }
    case "GetItem":
      return { Item: itemAt(canned, request.Key) };
    case "BatchGetItem": {
      const found = Object.entries(request.RequestItems ?? {}).map(([table, { Keys = [] }]) => [
        table,
        Keys.map((key) => itemAt(canned, key)).filter(Boolean),
      ]);
      return { Responses: Object.fromEntries(found), UnprocessedKeys: {} };
    }
    case "UpdateItem":
    case "DeleteItem":
      return { Attributes: itemAt(canned, request.Key) };
    case "Query":
      return request.TableName === "SESSIONS_TABLE" ? { Items: [canned.session], Count: 1 } : { Items: [] };
    default:
      return {};
  }
};

const serve = (canned: Canned): void => {
  const server = createServer(async (request, response) => {
    const body = await text(request);
    const target = request.headers["x-amz-target"];
    // A client opens its connection with an unsigned `GET /ping`.
    const answer =
      typeof target === "string" ? JSON.stringify(answerTo(target, JSON.parse(body), canned)) : "healthy";
    response.writeHead(200, { "content-type": "application/x-amz-json-1.0" }).end(answer);
  });
  server.keepAliveTimeout = 60_000;
  server.listen(0, "127.0.0.1", () => process.send?.((server.address() as AddressInfo).port));
};

if (import.meta.main) {
  process.once("message", serve);
  process.once("disconnect", () => process.exit());
}
