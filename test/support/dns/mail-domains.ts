// A DNS server that knows which servers take the mail of a domain.
import { createSocket } from "node:dgram";
import { once } from "node:events";

/** `none`: the domain exists without such a record. `null`: it says that it takes no mail. */
export type MailDomain = "takes mail" | "none" | "null" | "unknown" | "broken" | "silent";

const answers: Record<Exclude<MailDomain, "silent">, { code: number; exchange?: Buffer }> = {
  "takes mail": { code: 0, exchange: Buffer.from("\u0002mx\u0007example\u0000", "latin1") },
  none: { code: 0 },
  null: { code: 0, exchange: Buffer.from([0]) },
  unknown: { code: 3 },
  broken: { code: 2 },
};

const nameIn = (query: Buffer): { name: string; end: number } => {
  const labels: string[] = [];
  let at = 12;
  for (let length = query[at] ?? 0; length > 0; length = query[at] ?? 0) {
    labels.push(query.toString("latin1", at + 1, at + 1 + length));
    at += 1 + length;
  }
  return { name: labels.join(".").toLowerCase(), end: at + 1 };
};

const answerTo = (query: Buffer, questionEnd: number, kind: Exclude<MailDomain, "silent">): Buffer => {
  const { code, exchange } = answers[kind];
  const head = Buffer.alloc(12);
  query.copy(head, 0, 0, 2);
  head.writeUInt16BE(0x8180 + code, 2);
  head.writeUInt16BE(1, 4);
  head.writeUInt16BE(exchange ? 1 : 0, 6);
  const question = query.subarray(12, questionEnd + 4);
  if (!exchange) return Buffer.concat([head, question]);
  const record = Buffer.alloc(14);
  // The name of the question, type MX, class IN, a minute, the length, and a preference of 0.
  record.writeUInt16BE(0xc00c, 0);
  record.writeUInt16BE(15, 2);
  record.writeUInt16BE(1, 4);
  record.writeUInt32BE(60, 6);
  record.writeUInt16BE(2 + exchange.length, 10);
  return Buffer.concat([head, question, record, exchange]);
};

export const startMailDomains = async (domains: Record<string, MailDomain>) => {
  const asked: string[] = [];
  const socket = createSocket("udp4");
  socket.on("message", (query, { port, address }) => {
    const { name, end } = nameIn(query);
    asked.push(name);
    const kind = domains[name] ?? "takes mail";
    if (kind !== "silent") socket.send(answerTo(query, end, kind), port, address);
  });
  socket.bind(0, "127.0.0.1");
  await once(socket, "listening");
  return {
    address: `127.0.0.1:${socket.address().port}`,
    asked,
    stop: async () => {
      socket.close();
      await once(socket, "close");
    },
  };
};
