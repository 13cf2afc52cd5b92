// One AWS call of each kind that operations make, with the usual size and the same clients.
import { randomUUID } from "node:crypto";
import { CreateQueueCommand, SendMessageCommand, SQSClient } from "@aws-sdk/client-sqs";
import {
  BatchGetCommand,
  BatchWriteCommand,
  DeleteCommand,
  GetCommand,
  PutCommand,
  QueryCommand,
  TransactWriteCommand,
  UpdateCommand,
} from "@aws-sdk/lib-dynamodb";
import { documents } from "../../support/store/documents.ts";
import { environment } from "../../../shared/platform/environment.ts";

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

export const createBareCalls = async (): Promise<Record<string, () => Promise<unknown>>> => {
  const { USERS_TABLE, SESSIONS_TABLE, MAIL_QUEUE_URL } = environment(
    "USERS_TABLE",
    "SESSIONS_TABLE",
    "MAIL_QUEUE_URL",
  );
  const queues = new SQSClient({});
  // A queue without a poller, because the mailer doesn't belong to the floor.
  const QueueName = `floor-${owner}`;
  await queues.send(new CreateQueueCommand({ QueueName }));
  const QueueUrl = new URL(QueueName, MAIL_QUEUE_URL).href;
  const userKey = { pk: user.pk };
  const sessionKey = { userId: owner, sessionId: owner };
  await documents().send(new PutCommand({ TableName: USERS_TABLE, Item: user }));
  await documents().send(new PutCommand({ TableName: SESSIONS_TABLE, Item: session }));

  return {
    "dynamodb:GetItem": () =>
      documents().send(new GetCommand({ TableName: USERS_TABLE, Key: userKey, ConsistentRead: true })),
    "dynamodb:BatchGetItem": () =>
      documents().send(
        new BatchGetCommand({
          RequestItems: {
            [USERS_TABLE]: { Keys: [userKey], ConsistentRead: true },
            [SESSIONS_TABLE]: { Keys: [sessionKey], ConsistentRead: true },
          },
        }),
      ),
    "dynamodb:PutItem": () => documents().send(new PutCommand({ TableName: SESSIONS_TABLE, Item: session })),
    "dynamodb:UpdateItem": () =>
      documents().send(
        new UpdateCommand({
          TableName: USERS_TABLE,
          Key: userKey,
          UpdateExpression: "SET firstName = :first, lastName = :last",
          ConditionExpression: "attribute_exists(pk) AND #status = :active",
          ExpressionAttributeNames: { "#status": "status" },
          ExpressionAttributeValues: { ":first": "Ada", ":last": "Lovelace", ":active": "active" },
          ReturnValues: "ALL_NEW",
        }),
      ),
    "dynamodb:DeleteItem": () =>
      documents().send(
        new DeleteCommand({ TableName: SESSIONS_TABLE, Key: { userId: owner, sessionId: "-" } }),
      ),
    "dynamodb:Query": () =>
      documents().send(
        new QueryCommand({
          TableName: SESSIONS_TABLE,
          KeyConditionExpression: "userId = :userId",
          ExpressionAttributeValues: { ":userId": owner },
          ConsistentRead: true,
        }),
      ),
    "dynamodb:BatchWriteItem": () =>
      documents().send(
        new BatchWriteCommand({
          RequestItems: { [SESSIONS_TABLE]: [{ DeleteRequest: { Key: { userId: owner, sessionId: "-" } } }] },
        }),
      ),
    "dynamodb:TransactWriteItems": () =>
      documents().send(
        new TransactWriteCommand({
          TransactItems: [1, 2, 3].map((part) => ({
            Put: {
              TableName: USERS_TABLE,
              Item: { ...user, pk: `${user.pk}#${part}` },
              ConditionExpression: "attribute_not_exists(pk) OR #status = :active",
              ExpressionAttributeNames: { "#status": "status" },
              ExpressionAttributeValues: { ":active": "active" },
            },
          })),
        }),
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
