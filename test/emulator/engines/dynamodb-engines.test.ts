// Tests that both engines have the features of DynamoDB on which the stores rely.
import {
  ConditionalCheckFailedException,
  DeleteItemCommand,
  DescribeTimeToLiveCommand,
  DynamoDBClient,
  GetItemCommand,
  PutItemCommand,
  QueryCommand,
  TransactionCanceledException,
  TransactWriteItemsCommand,
  UpdateItemCommand,
} from "@aws-sdk/client-dynamodb";
import {
  DescribeStreamCommand,
  DynamoDBStreamsClient,
  GetRecordsCommand,
  GetShardIteratorCommand,
  type ShardIteratorType,
} from "@aws-sdk/client-dynamodb-streams";
import { randomUUID } from "node:crypto";
import { afterAll, beforeAll, describe, expect, it, type TestContext } from "vitest";
import type { EngineName } from "../../../infra/local/engines/dynamodb-engine.ts";
import type { Stack } from "../../../infra/local/stack.ts";
import { startSupervisedChild, supervisors } from "../../../infra/local/engines/supervised-child.ts";
import { UserError } from "../../../infra/user-error.ts";
import { eventually } from "../../support/assert/eventually.ts";
import { alive, descendants } from "../fixtures/processes.ts";
import type { FixtureTemplates } from "../fixtures/templates.ts";
import { clientAs, dispose, startFixtureStack } from "../fixtures/use-stack.ts";

const TableName = "data-Items";
const engines: EngineName[] = ["dynoxide", "dynamodb-local"];

const addStream = ({ data }: FixtureTemplates): void => {
  Object.assign(data.Resources["Items"]?.Properties ?? {}, {
    StreamSpecification: { StreamViewType: "NEW_AND_OLD_IMAGES" },
  });
};
const StreamArn = "arn:aws:dynamodb:us-east-1:000000000000:table/data-Items/stream/local";

describe.each(engines)("DynamoDB engine %s", (engine) => {
  let stack: Stack | undefined;
  beforeAll(async () => {
    try {
      stack = await startFixtureStack({ engine, alter: addStream });
    } catch (error) {
      if (!(error instanceof UserError)) throw error;
    }
  });
  afterAll(async () => {
    if (stack) await dispose(stack);
  });

  const connect = ({ skip }: TestContext): { client: DynamoDBClient; pk: { S: string } } => {
    if (stack === undefined) return skip(`${engine} cannot run on this machine`);
    return { client: new DynamoDBClient(clientAs(stack)), pk: { S: randomUUID() } };
  };

  it("returns the current item when a condition fails", async (context) => {
    const { client, pk } = connect(context);
    const Item = { pk, count: { N: "1" } };
    await client.send(new PutItemCommand({ TableName, Item }));
    const put = client.send(
      new PutItemCommand({
        TableName,
        Item,
        ConditionExpression: "attribute_not_exists(pk)",
        ReturnValuesOnConditionCheckFailure: "ALL_OLD",
      }),
    );
    const error: unknown = await put.catch((reason: unknown) => reason);
    expect(error).toBeInstanceOf(ConditionalCheckFailedException);
    expect(error).toMatchObject({ Item });
  });

  it("writes nothing of a failed transaction, and names the failed part", async (context) => {
    const { client, pk } = connect(context);
    const taken = { pk, owner: { S: "ada" } };
    await client.send(new PutItemCommand({ TableName, Item: taken }));
    const untouched = { S: randomUUID() };
    const transaction = client.send(
      new TransactWriteItemsCommand({
        TransactItems: [
          { Put: { TableName, Item: { pk: untouched } } },
          {
            Update: {
              TableName,
              Key: { pk },
              UpdateExpression: "SET #owner = :bob",
              ConditionExpression: "#owner = :bob",
              ExpressionAttributeNames: { "#owner": "owner" },
              ExpressionAttributeValues: { ":bob": { S: "bob" } },
              ReturnValuesOnConditionCheckFailure: "ALL_OLD",
            },
          },
        ],
      }),
    );
    const error: unknown = await transaction.catch((reason: unknown) => reason);
    expect(error).toBeInstanceOf(TransactionCanceledException);
    expect(error).toMatchObject({
      CancellationReasons: [{ Code: "None" }, { Code: "ConditionalCheckFailed", Item: taken }],
    });
    const { Item } = await client.send(
      new GetItemCommand({ TableName, Key: { pk: untouched }, ConsistentRead: true }),
    );
    expect(Item).toBeUndefined();
  });

  it("streams what changes, in order and in the form of AWS", async (context) => {
    const { client, pk } = connect(context);
    if (stack === undefined) throw new Error("no stack");
    const streams = new DynamoDBStreamsClient(clientAs(stack));
    const { StreamDescription } = await streams.send(new DescribeStreamCommand({ StreamArn }));
    const { Shards = [], StreamArn: arn = "" } = StreamDescription ?? {};
    const [ShardId] = Shards.map((shard) => shard.ShardId);
    const read = async (type: ShardIteratorType, SequenceNumber?: string) => {
      const at = { StreamArn: arn, ShardId, ShardIteratorType: type, SequenceNumber };
      const { ShardIterator } = await streams.send(new GetShardIteratorCommand(at));
      const { Records = [] } = await streams.send(new GetRecordsCommand({ ShardIterator }));
      return Records.filter(({ dynamodb }) => dynamodb?.Keys?.["pk"]?.S === pk.S);
    };
    const put = (more: object) => client.send(new PutItemCommand({ TableName, Item: { pk, ...more } }));
    await put({ count: { N: "1" } });
    await put({ count: { N: "1" } });
    await put({ count: { N: "2" } });
    await client.send(new DeleteItemCommand({ TableName, Key: { pk } }));
    const records = await read("TRIM_HORIZON");
    expect(arn).toMatch(/^arn:aws:dynamodb:us-east-1:000000000000:table\/data-Items\/stream\/[\d.:T-]+$/);
    expect(Shards.map(({ SequenceNumberRange: range }) => range?.EndingSequenceNumber)).toEqual([undefined]);
    // The second write has changed nothing.
    expect(records.map(({ eventName }) => eventName)).toEqual(["INSERT", "MODIFY", "REMOVE"]);
    for (const { eventID, awsRegion, dynamodb } of records) {
      expect([eventID, awsRegion]).toEqual([expect.stringMatching(/^[0-9a-f]{32}$/), "us-east-1"]);
      expect(dynamodb?.SequenceNumber).toMatch(/^\d{21}$/);
    }
    expect(records[1]?.dynamodb).toMatchObject({
      OldImage: { pk, count: { N: "1" } },
      NewImage: { pk, count: { N: "2" } },
    });
    const second = records[1]?.dynamodb?.SequenceNumber;
    expect(await read("AFTER_SEQUENCE_NUMBER", second)).toEqual(records.slice(2));
    expect(await read("AT_SEQUENCE_NUMBER", second)).toEqual(records.slice(1));
    await expect(
      streams.send(new DescribeStreamCommand({ StreamArn: `${arn.replace(/[^/]+$/, "")}of-other-data` })),
    ).rejects.toMatchObject({ name: "ResourceNotFoundException" });
  });

  it("performs a transaction once when it is repeated with its token", async (context) => {
    const { client, pk } = connect(context);
    const transaction = {
      ClientRequestToken: randomUUID(),
      TransactItems: [
        {
          Update: {
            TableName,
            Key: { pk },
            UpdateExpression: "ADD hits :one",
            ExpressionAttributeValues: { ":one": { N: "1" } },
          },
        },
      ],
    };
    await client.send(new TransactWriteItemsCommand(transaction));
    await client.send(new TransactWriteItemsCommand(transaction));
    const { Item } = await client.send(new GetItemCommand({ TableName, Key: { pk }, ConsistentRead: true }));
    expect(Item).toEqual({ pk, hits: { N: "1" } });
  });

  it("refuses two operations on one item in a transaction", async (context) => {
    const { client, pk } = connect(context);
    const put = { Put: { TableName, Item: { pk } } };
    await expect(client.send(new TransactWriteItemsCommand({ TransactItems: [put, put] }))).rejects.toThrow(
      "cannot include multiple operations on one item",
    );
  });

  it("passes exactly the maximum of 50 parallel conditional counts", async (context) => {
    const { client, pk } = connect(context);
    const spend = () =>
      client.send(
        new UpdateItemCommand({
          TableName,
          Key: { pk },
          UpdateExpression: "ADD spent :one",
          ConditionExpression: "attribute_not_exists(spent) OR spent < :most",
          ExpressionAttributeValues: { ":one": { N: "1" }, ":most": { N: "5" } },
        }),
      );
    const results = await Promise.allSettled(Array.from({ length: 50 }, spend));
    expect(results.filter(({ status }) => status === "fulfilled")).toHaveLength(5);
  });

  it("finds items by an index, and knows the time-to-live attribute", async (context) => {
    const { client, pk } = connect(context);
    const colour = { S: `colour of ${pk.S}` };
    await client.send(new PutItemCommand({ TableName, Item: { pk, colour } }));
    const { Items } = await client.send(
      new QueryCommand({
        TableName,
        IndexName: "byColour",
        KeyConditionExpression: "colour = :colour",
        ExpressionAttributeValues: { ":colour": colour },
      }),
    );
    expect(Items).toEqual([{ pk, colour }]);
    const { TimeToLiveDescription } = await client.send(new DescribeTimeToLiveCommand({ TableName }));
    expect(TimeToLiveDescription).toMatchObject({ AttributeName: "expiresAt", TimeToLiveStatus: "ENABLED" });
  });
});

// Windows has no shell for the first, so there the second ends the engine.
it.each(Object.entries(supervisors))(
  "a %s ends its server, and reports its output",
  async (_, supervisor) => {
    const server = "console.log('ready'); setInterval(() => {}, 1000)";
    const child = startSupervisedChild([process.execPath, "-e", server], supervisor);
    const started = await eventually("the server", () => {
      const pids = descendants(child.pid);
      return pids.length > 0 ? pids : undefined;
    });
    await child.stop();
    await eventually("its end", () => (alive(started).length === 0 ? true : undefined));
    const failed = startSupervisedChild(
      [process.execPath, "-e", "console.error('no'); process.exit(3)"],
      supervisor,
    );
    expect(await failed.exited).toBe("no");
  },
);
