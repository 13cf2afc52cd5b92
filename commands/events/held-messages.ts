import {
  DeleteMessageCommand,
  ReceiveMessageCommand,
  SendMessageCommand,
  SQSClient,
} from "@aws-sdk/client-sqs";

/** While a command works on a message, and if it is left, no other command gets it. */
const visibilitySeconds = 120;
const mostAtOnce = 10;

export type DeadLetter = { id: string; body: string; remove: () => Promise<void> };

/** Gives each message once. Those that aren't removed come back later. */
export const deadLettersOf = async function* (QueueUrl: string): AsyncGenerator<DeadLetter> {
  const sqs = new SQSClient({});
  const seen = new Set<string>();
  for (;;) {
    const { Messages = [] } = await sqs.send(
      new ReceiveMessageCommand({
        QueueUrl,
        MaxNumberOfMessages: mostAtOnce,
        VisibilityTimeout: visibilitySeconds,
        WaitTimeSeconds: 1,
      }),
    );
    const fresh = Messages.filter(({ MessageId = "" }) => !seen.has(MessageId));
    if (fresh.length === 0) return;
    for (const { MessageId: id = "", Body: body = "", ReceiptHandle } of fresh) {
      seen.add(id);
      yield {
        id,
        body,
        remove: async () => void (await sqs.send(new DeleteMessageCommand({ QueueUrl, ReceiptHandle }))),
      };
    }
  }
};

export const sendTo = async (QueueUrl: string, message: object): Promise<void> => {
  await new SQSClient({}).send(new SendMessageCommand({ QueueUrl, MessageBody: JSON.stringify(message) }));
};
