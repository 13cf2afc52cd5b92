// One AWS call of each kind that operations make, with the usual size, as the stores make them.
import { randomUUID } from "node:crypto";
import { CreateQueueCommand, SendMessageCommand, SQSClient } from "@aws-sdk/client-sqs";
import { lean, leanJsonOptions } from "../../../../shared/platform/aws-client.ts";
import { environment } from "../../../../shared/platform/environment.ts";
import { batchDelete, batchRead } from "../../../../shared/store/batch.ts";
import { conditionalWrite, readItem, readPages, transact } from "../../../../shared/store/dynamo.ts";

const owner = randomUUID();
const user = {
  pk: `user#floor-${owner}`,
  id: owner,
  username: owner,
  email: `${owner}@example.com`,
  addressKey: owner,
  firstName: "Ada",
  lastName: "Lovelace",
  passwordHash: "x".repeat(97),
  status: "active",
  isStaff: false,
  sessionEpoch: 0,
  createdAt: 0,
};
const session = {
  userId: owner,
  sessionId: owner,
  jti: owner,
  sessionEpoch: 0,
  issuedAt: 0,
  createdAt: 0,
  expiresAt: 2_000_000_000,
};

const ifActive = {
  ConditionExpression: "attribute_not_exists(pk) OR #status = :active",
  ExpressionAttributeNames: { "#status": "status" },
};

export const createBareCalls = async (): Promise<Record<string, () => Promise<unknown>>> => {
  const { USERS_TABLE, SESSIONS_TABLE, MAIL_QUEUE_URL } = environment(
    "USERS_TABLE",
    "SESSIONS_TABLE",
    "MAIL_QUEUE_URL",
  );
  const queues = lean(new SQSClient(leanJsonOptions));
  // A queue without a poller, because the mailer doesn't belong to the floor.
  const QueueName = `floor-${owner}`;
  await queues.send(new CreateQueueCommand({ QueueName }));
  const QueueUrl = new URL(QueueName, MAIL_QUEUE_URL).href;
  const putSession = () => conditionalWrite({ Put: { TableName: SESSIONS_TABLE, Item: session } });
  const missing = { userId: owner, sessionId: "-" };
  await conditionalWrite({ Put: { TableName: USERS_TABLE, Item: user } });
  await putSession();

  return {
    "dynamodb:GetItem": () => readItem(USERS_TABLE, user.pk),
    "dynamodb:BatchGetItem": () =>
      batchRead({
        [USERS_TABLE]: [{ pk: user.pk }],
        [SESSIONS_TABLE]: [{ userId: owner, sessionId: owner }],
      }),
    "dynamodb:PutItem": putSession,
    "dynamodb:UpdateItem": () =>
      conditionalWrite({
        Update: {
          TableName: USERS_TABLE,
          Key: { pk: user.pk },
          UpdateExpression: "SET firstName = :first, lastName = :last",
          ...ifActive,
          ExpressionAttributeValues: { ":first": "Ada", ":last": "Lovelace", ":active": "active" },
          ReturnValues: "ALL_NEW",
        },
      }),
    "dynamodb:DeleteItem": () => conditionalWrite({ Delete: { TableName: SESSIONS_TABLE, Key: missing } }),
    "dynamodb:Query": () =>
      readPages({
        Query: {
          TableName: SESSIONS_TABLE,
          KeyConditionExpression: "userId = :userId",
          ExpressionAttributeValues: { ":userId": owner },
          ConsistentRead: true,
        },
      }).next(),
    "dynamodb:BatchWriteItem": () => batchDelete(SESSIONS_TABLE, [missing]),
    "dynamodb:TransactWriteItems": () =>
      transact(
        [1, 2, 3].map((part) => ({
          Put: {
            TableName: USERS_TABLE,
            Item: { ...user, pk: `${user.pk}#${part}` },
            ...ifActive,
            ExpressionAttributeValues: { ":active": "active" },
          },
        })),
      ),
    "sqs:SendMessage": () =>
      queues.send(
        new SendMessageCommand({
          QueueUrl,
          MessageBody: JSON.stringify({ kind: "login", userId: owner, otpRequestId: owner }),
        }),
      ),
  };
};
