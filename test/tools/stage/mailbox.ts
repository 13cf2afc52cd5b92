// Drains the mailbox's queue and serves its letters at `/_aws/ses` on 127.0.0.1.
import { DeleteMessageCommand, ReceiveMessageCommand, SQSClient } from "@aws-sdk/client-sqs";
import { once } from "node:events";
import { createServer } from "node:http";
import { freePort } from "../../../infra/local/engines/free-port.ts";
import { readLetter, type ReceivedLetter } from "./received-letter.ts";

export const serveMailbox = async (QueueUrl: string): Promise<{ url: string; stop: () => Promise<void> }> => {
  const client = new SQSClient({});
  // They fail here, and not in the loop below, while the tests run.
  await Promise.all([client.config.region(), client.config.credentials()]);
  const stopping = new AbortController();
  const messages: ReceivedLetter[] = [];
  const drain = async () => {
    while (!stopping.signal.aborted) {
      const { Messages = [] } = await client.send(
        new ReceiveMessageCommand({ QueueUrl, WaitTimeSeconds: 20, MaxNumberOfMessages: 10 }),
        { abortSignal: stopping.signal },
      );
      for (const { Body = "", ReceiptHandle } of Messages) {
        messages.push(await readLetter(Body));
        await client.send(new DeleteMessageCommand({ QueueUrl, ReceiptHandle }));
      }
    }
  };
  const drained = drain().catch((error: unknown) => {
    if (!stopping.signal.aborted) console.error("The mailbox stopped reading its queue:", error);
  });
  const port = await freePort();
  const server = createServer((_, response) => {
    response.setHeader("Content-Type", "application/json").end(JSON.stringify({ messages }));
  }).listen(port, "127.0.0.1");
  await once(server, "listening");
  return {
    url: `http://127.0.0.1:${port}/_aws/ses`,
    stop: async () => {
      stopping.abort();
      server.close();
      server.closeAllConnections();
      await drained;
    },
  };
};
