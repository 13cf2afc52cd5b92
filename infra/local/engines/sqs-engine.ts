// fauxqs runs inside this process and stores messages in a file.
import { Server as HttpServer, type IncomingMessage, type ServerResponse } from "node:http";
import { Server } from "node:net";
import path from "node:path";
import { type Duplex, duplexPair } from "node:stream";
import { DatabaseSync } from "node:sqlite";
import { startFauxqs, type FauxqsServer } from "fauxqs";
import * as z from "zod";
import { awsRequest } from "../aws/aws-request.ts";
import { newAccessKeyId, readAuthorization } from "../aws/access-keys.ts";
import { region } from "../aws/local-account.ts";
import type { Templates } from "../cloudformation/templates.ts";

export type SqsEngine = Pick<FauxqsServer, "inspectQueue" | "stop"> & {
  url: string;
  accessKeyId: string;
  connect: () => Duplex;
};

/** fauxqs itself checks neither keys nor host names, and takes forms, which pages send anywhere. */
const requireKey = (server: HttpServer, accessKeyId: string) => {
  const answer = server.listeners("request");
  server.removeAllListeners("request");
  server.on("request", (request: IncomingMessage, response: ServerResponse) => {
    if (readAuthorization(request.headers.authorization).accessKeyId === accessKeyId)
      for (const listener of answer) Reflect.apply(listener, server, [request, response]);
    else response.writeHead(403, { connection: "close" }).end();
  });
};

/** Costs half of what TCP does: an HTTP server takes any stream as a connection. */
const connectTo = (server: HttpServer): Duplex => {
  const [ours, theirs] = duplexPair();
  ours.once("close", () => theirs.destroy());
  theirs.once("close", () => ours.destroy());
  server.emit("connection", theirs);
  return ours;
};

// Makes fauxqs listen on 127.0.0.1 only, because it has no option for the host. Replaces `listen`
// while it starts.
const onLoopback = async (
  accessKeyId: string,
  start: () => Promise<FauxqsServer>,
): Promise<{ fauxqs: FauxqsServer; http: HttpServer }> => {
  const servers: HttpServer[] = [];
  const listen = Reflect.get(Server.prototype, "listen");
  Server.prototype.listen = function (this: Server, ...given: unknown[]) {
    if (this instanceof HttpServer) {
      requireKey(this, accessKeyId);
      servers.push(this);
    }
    const [options, ...rest] = given;
    const local =
      typeof options === "object" && options !== null ? { ...options, host: "127.0.0.1" } : options;
    Reflect.apply(listen, this, [local, ...rest]);
    return this;
  };
  try {
    const fauxqs = await start();
    const [http] = servers;
    if (http === undefined) throw new Error("fauxqs did not listen");
    return { fauxqs, http };
  } finally {
    Server.prototype.listen = listen;
  }
};

// fauxqs flushes to disk three times per message, which blocks this process, and has no option for
// less. With a write-ahead log, `synchronous = NORMAL` loses data only in a power failure.
const withoutFlushes = async <Result>(start: () => Promise<Result>): Promise<Result> => {
  const exec = Reflect.get(DatabaseSync.prototype, "exec");
  DatabaseSync.prototype.exec = function (this: DatabaseSync, sql: string) {
    Reflect.apply(exec, this, [sql]);
    if (/journal_mode\s*=\s*WAL/i.test(sql)) Reflect.apply(exec, this, ["PRAGMA synchronous = NORMAL"]);
  };
  try {
    return await start();
  } finally {
    DatabaseSync.prototype.exec = exec;
  }
};

// fauxqs forgets the count of receives, which its table requires, of a message that is made visible
// at once. The update then fails, and the message is lost.
const withReceiveCounts = async <Result>(start: () => Promise<Result>): Promise<Result> => {
  const prepare = Reflect.get(DatabaseSync.prototype, "prepare");
  const kept = (sql: string) =>
    sql.replace(
      "approximate_receive_count = ?",
      "approximate_receive_count = ifnull(?, approximate_receive_count)",
    );
  DatabaseSync.prototype.prepare = function (this: DatabaseSync, sql: string) {
    return Reflect.apply(prepare, this, [kept(sql)]);
  };
  try {
    return await start();
  } finally {
    DatabaseSync.prototype.prepare = prepare;
  }
};

const queueSchema = z.object({
  VisibilityTimeout: z.coerce.string().optional(),
  MessageRetentionPeriod: z.coerce.string().optional(),
  DelaySeconds: z.coerce.string().optional(),
  MaximumMessageSize: z.coerce.string().optional(),
  ReceiveMessageWaitTimeSeconds: z.coerce.string().optional(),
  RedrivePolicy: z
    .record(z.string(), z.unknown())
    .transform((policy) => JSON.stringify(policy))
    .optional(),
});

export const startSqsEngine = async (templates: Templates, dataDirectory: string): Promise<SqsEngine> => {
  const accessKeyId = newAccessKeyId();
  const { fauxqs, http } = await onLoopback(accessKeyId, () =>
    withoutFlushes(() =>
      withReceiveCounts(() =>
        startFauxqs({
          port: 0,
          logger: false,
          defaultRegion: region,
          dataDir: path.join(dataDirectory, "queues"),
        }),
      ),
    ),
  );
  const url = `http://127.0.0.1:${fauxqs.port}`;
  for (const queue of templates.ofType("AWS::SQS::Queue")) {
    const name = queue.identity().attributes["QueueName"] ?? queue.logicalId;
    const attributes = Object.fromEntries(
      Object.entries(queueSchema.parse(queue.properties())).filter(([, value]) => value !== undefined),
    );
    // Creating a queue again would drop its messages.
    if (fauxqs.inspectQueue(name) === undefined)
      fauxqs.createQueue(name, name.endsWith(".fifo") ? { attributes: { FifoQueue: "true" } } : {});
    await awsRequest(
      url,
      { service: "sqs", operation: "SetQueueAttributes", accessKeyId },
      { QueueUrl: queue.identity().ref, Attributes: attributes },
    );
  }
  return {
    url,
    accessKeyId,
    connect: () => connectTo(http),
    inspectQueue: (name) => fauxqs.inspectQueue(name),
    stop: () => fauxqs.stop(),
  };
};
