// What functions ask without a key (an unsigned `GET /ping`), and what only operators ask.
import { readFileSync } from "node:fs";
import { request } from "node:http";
import { text } from "node:stream/consumers";
import {
  CloudWatchLogsClient,
  CreateLogStreamCommand,
  PutLogEventsCommand,
} from "@aws-sdk/client-cloudwatch-logs";
import {
  CancelMessageMoveTaskCommand,
  ChangeMessageVisibilityCommand,
  DeleteMessageCommand,
  ListMessageMoveTasksCommand,
  ReceiveMessageCommand,
  SendMessageBatchCommand,
  SendMessageCommand,
  SQSClient,
  StartMessageMoveTaskCommand,
} from "@aws-sdk/client-sqs";
import { GetCallerIdentityCommand, STSClient } from "@aws-sdk/client-sts";
import { describe, expect, it } from "vitest";
import { eventually } from "../../support/assert/eventually.ts";
import { clientAs, useStack } from "../fixtures/use-stack.ts";

const queueArn = (name: string) => `arn:aws:sqs:us-east-1:000000000000:data-${name}`;

const stack = useStack({
  alter: ({ data, service }) => {
    const deadLetterTargetArn = { "Fn::GetAtt": ["Aside", "Arn"] };
    data.Resources["Aside"] = { Type: "AWS::SQS::Queue", Properties: {} };
    data.Resources["Kept"] = {
      Type: "AWS::SQS::Queue",
      Properties: { RedrivePolicy: { deadLetterTargetArn, maxReceiveCount: 2 } },
    };
    data.Resources["Acts"] = { Type: "AWS::Logs::LogGroup", Properties: { LogGroupName: "acts" } };
    const actions = ["StartMessageMoveTask", "ReceiveMessage", "DeleteMessage", "GetQueueAttributes"];
    service.Resources["MovePolicy"] = {
      Type: "AWS::IAM::Policy",
      Properties: {
        Roles: [{ Ref: "ProbeRole" }],
        PolicyDocument: {
          Statement: [
            { Effect: "Allow", Action: actions.map((one) => `sqs:${one}`), Resource: queueArn("Aside") },
          ],
        },
      },
    };
  },
});

const ask = (method: string, path: string, headers: Record<string, string> = {}) =>
  new Promise<{ status: number | undefined; body: string }>((resolve, reject) => {
    const outgoing = request(new URL(path, stack().endpoint.url), { method, headers }, (incoming) => {
      text(incoming).then((body) => resolve({ status: incoming.statusCode, body }), reject);
    });
    outgoing.on("error", reject).end();
  });

describe("health of the AWS endpoint", () => {
  it("is told to callers without a key, and not counted", async () => {
    stack().resetCalls();
    const healthy = { status: 200, body: "healthy: dynamodb.us-east-1.amazonaws.com " };
    expect(await ask("GET", "/ping")).toEqual(healthy);
    const host = `localhost:${new URL(stack().endpoint.url).port}`;
    expect(await ask("GET", "/ping", { host })).toEqual(healthy);
    const { ConsumerPoller: _, ...others } = stack().calls();
    expect(others).toEqual({});
  });

  it("is refused under another host name", async () => {
    for (const host of ["evil.example", "127.0.0.1"]) {
      const refused = await ask("GET", "/ping", { host });
      expect(refused.status).toBe(403);
      expect(refused.body).not.toContain("healthy");
    }
  });

  it.each([
    ["POST", "/ping"],
    ["GET", "/"],
    ["GET", "/ping/"],
    ["GET", "/ping?Action=ListQueues"],
  ])("is no other request without a key (%s %s)", async (method, path) => {
    const { status, body } = await ask(method, path);
    expect(status).toBe(400);
    expect(body).toContain("UnrecognizedClientException");
  });
});

describe("STS", () => {
  it("tells each caller who they are, without a right", async () => {
    const arnOf = async (principal: string) =>
      (await new STSClient(clientAs(stack(), principal)).send(new GetCallerIdentityCommand({}))).Arn;
    expect(await arnOf("Runner")).toBe("arn:aws:iam::000000000000:user/Runner");
    expect(await arnOf("Probe")).toBe("arn:aws:sts::000000000000:assumed-role/service-ProbeRole/Probe");
    await expect(arnOf("Stranger")).rejects.toMatchObject({ name: "UnrecognizedClientException" });
  });
});

describe("CloudWatch Logs", () => {
  const group = { logGroupName: "acts" };
  const stream = { ...group, logStreamName: "one" };
  const create = (input: typeof stream, principal = "Runner") =>
    new CloudWatchLogsClient(clientAs(stack(), principal)).send(new CreateLogStreamCommand(input));
  const put = (input: typeof stream, ...times: number[]) =>
    new CloudWatchLogsClient(clientAs(stack())).send(
      new PutLogEventsCommand({
        ...input,
        logEvents: times.map((timestamp) => ({ timestamp, message: `at ${timestamp}` })),
      }),
    );

  it("appends to a file of the group, in order only", async () => {
    await expect(put(stream, 1)).rejects.toThrow("The specified log stream does not exist.");
    await create(stream);
    await put(stream, 1, 2);
    await expect(put(stream, 4, 3)).rejects.toMatchObject({ name: "InvalidParameterException" });
    await put(stream, 3);
    expect(readFileSync(`${stack().dataDirectory}/logs/acts.log`, "utf8")).toBe("at 1\nat 2\nat 3\n");
  });

  it("refuses unknown groups, streams that exist, and functions without the right", async () => {
    const unknown = { ...stream, logGroupName: "../acts" };
    await expect(create(unknown)).rejects.toThrow("The specified log group does not exist.");
    await create({ ...group, logStreamName: "two" });
    await expect(create({ ...group, logStreamName: "two" })).rejects.toMatchObject({
      name: "ResourceAlreadyExistsException",
    });
    await expect(create(stream, "Probe")).rejects.toThrow(
      "logs:CreateLogStream on resource: arn:aws:logs:us-east-1:000000000000:log-group:acts",
    );
  });
});

it("SQS shows a message again that is made visible at once", async () => {
  const sqs = new SQSClient(clientAs(stack()));
  const QueueUrl = `${stack().endpoint.url}/000000000000/data-Aside`;
  await sqs.send(new SendMessageCommand({ QueueUrl, MessageBody: "seen" }));
  const receive = async () => (await sqs.send(new ReceiveMessageCommand({ QueueUrl }))).Messages ?? [];
  for (let times = 0; times < 2; times += 1) {
    const [{ ReceiptHandle } = { ReceiptHandle: "" }] = await receive();
    await sqs.send(new ChangeMessageVisibilityCommand({ QueueUrl, ReceiptHandle, VisibilityTimeout: 0 }));
  }
  const [{ Body, ReceiptHandle } = {}] = await receive();
  expect(Body).toBe("seen");
  await sqs.send(new DeleteMessageCommand({ QueueUrl, ReceiptHandle }));
});

describe("move out of a dead-letter queue", () => {
  const sqs = (principal = "Runner") => new SQSClient(clientAs(stack(), principal));
  const [SourceArn, DestinationArn] = [queueArn("Aside"), queueArn("Kept")];
  const urlOf = (name: string) => `${stack().endpoint.url}/000000000000/data-${name}`;
  const fill = (name: string, ...bodies: string[]) =>
    sqs().send(
      new SendMessageBatchCommand({
        QueueUrl: urlOf(name),
        Entries: bodies.map((MessageBody, index) => ({
          Id: String(index),
          MessageBody,
          MessageAttributes: { a: { DataType: "String", StringValue: MessageBody } },
        })),
      }),
    );
  const start = (input: Partial<StartMessageMoveTaskCommand["input"]> = {}, principal = "Runner") =>
    sqs(principal).send(new StartMessageMoveTaskCommand({ SourceArn, DestinationArn, ...input }));
  const newest = async () => {
    const { Results } = await sqs().send(new ListMessageMoveTasksCommand({ SourceArn }));
    return Results?.[0];
  };
  const ended = () =>
    eventually("the end of the task", async () => {
      const task = await newest();
      return task?.Status === "RUNNING" || task?.Status === "CANCELLING" ? undefined : task;
    });
  const bodiesIn = (name: string) =>
    stack()
      .inspectQueue(`data-${name}`)
      ?.messages.ready.map(({ body }) => body)
      .toSorted();

  it("moves all messages, with their attributes", async () => {
    const bodies = Array.from({ length: 12 }, (_, index) => `m${index}`);
    await fill("Aside", ...bodies.slice(0, 10));
    await fill("Aside", ...bodies.slice(10));
    expect((await start()).TaskHandle).toMatch(/^[\w+/=]{40,}$/);
    expect(await ended()).toEqual({
      Status: "COMPLETED",
      SourceArn,
      DestinationArn,
      ApproximateNumberOfMessagesMoved: 12,
      ApproximateNumberOfMessagesToMove: 12,
      StartedTimestamp: expect.any(Number),
    });
    expect([bodiesIn("Aside"), bodiesIn("Kept")]).toEqual([[], bodies.toSorted()]);
    const receive = { QueueUrl: urlOf("Kept"), MessageAttributeNames: ["All"] };
    const { Messages } = await sqs().send(new ReceiveMessageCommand(receive));
    expect(Messages?.[0]?.MessageAttributes?.["a"]?.StringValue).toBe(Messages?.[0]?.Body);
  });

  it("keeps a rate, is the only one, and can be cancelled", async () => {
    await fill("Aside", "slow 1", "slow 2", "slow 3");
    const { TaskHandle } = await start({ MaxNumberOfMessagesPerSecond: 1 });
    await eventually("the first message", async () =>
      (await newest())?.ApproximateNumberOfMessagesMoved === 1 ? true : undefined,
    );
    expect(await newest()).toMatchObject({ Status: "RUNNING", TaskHandle, MaxNumberOfMessagesPerSecond: 1 });
    await expect(start()).rejects.toThrow("There is already a task running.");
    await sqs().send(new CancelMessageMoveTaskCommand({ TaskHandle }));
    const { Status, ApproximateNumberOfMessagesMoved: moved = 0 } = (await ended()) ?? {};
    expect([Status, moved < 3]).toEqual(["CANCELLED", true]);
    await expect(sqs().send(new CancelMessageMoveTaskCommand({ TaskHandle }))).rejects.toThrow(
      "Only running tasks can be cancelled.",
    );
    await start();
    await ended();
  });

  it("knows no source of messages that were sent there directly", async () => {
    await fill("Aside", "sent here directly");
    await start({ DestinationArn: undefined });
    expect(await ended()).toMatchObject({
      Status: "FAILED",
      FailureReason: "CouldNotDetermineMessageSource",
      ApproximateNumberOfMessagesMoved: 0,
    });
  });

  it("is refused with AWS's errors, and without each of its rights", async () => {
    await expect(start({ SourceArn: queueArn("None") })).rejects.toMatchObject({
      name: "ResourceNotFoundException",
      message: "The resource that you specified for the SourceArn parameter doesn't exist.",
    });
    await expect(start({ DestinationArn: queueArn("None") })).rejects.toThrow("DestinationArn parameter");
    await expect(start({ SourceArn: DestinationArn })).rejects.toThrow(
      "Source queue must be configured as a Dead Letter Queue.",
    );
    const cancel = new CancelMessageMoveTaskCommand({ TaskHandle: "nonsense" });
    await expect(sqs().send(cancel)).rejects.toThrow("Value for parameter TaskHandle is invalid.");
    await expect(start({}, "Probe")).rejects.toThrow(`sqs:SendMessage on resource: ${DestinationArn}`);
    await expect(start({ SourceArn: queueArn("DeadLetters") }, "Probe")).rejects.toThrow(
      "sqs:StartMessageMoveTask on resource",
    );
    const list = new ListMessageMoveTasksCommand({ SourceArn });
    await expect(sqs("Probe").send(list)).rejects.toThrow("sqs:ListMessageMoveTasks");
  });
});
