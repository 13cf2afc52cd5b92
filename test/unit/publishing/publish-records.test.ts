import { describe, expect, it } from "vitest";
import type { UserEvent } from "../../../shared/events/user-event.ts";
import { deadPosition } from "../../../shared/publishing/dead-position.ts";
import { answerOperator, readRequest } from "../../../shared/publishing/operator-requests.ts";
import { publishRecords, type PublishDeps } from "../../../shared/publishing/publish-records.ts";

const eventSourceARN = "arn:aws:dynamodb:eu-west-1:111122223333:table/Users/stream/2026-01-01T00:00:00.000";
const address = "ada@example.com";

const account = (id: string, more = {}) => ({
  pk: { S: `user#${id}` },
  id: { S: id },
  email: { S: address },
  status: { S: "active" },
  version: { N: "1" },
  ...more,
});
const record = (id: string, SequenceNumber: string, images: object) => ({
  eventID: "1",
  eventName: "MODIFY",
  eventSourceARN,
  dynamodb: {
    ApproximateCreationDateTime: 1_767_225_600,
    Keys: { pk: { S: `user#${id}` } },
    SequenceNumber,
    ...images,
  },
});
const created = (id: string, at: string) => record(id, at, { NewImage: account(id) });
/** Not DynamoDB's form, which a later version of the stream could have. */
const strange = (id: string, at: string) => record(id, at, { NewImage: { pk: { New: `user#${id}` } } });

const setUp = (changes: Partial<PublishDeps> = {}) => {
  const done: string[] = [];
  const lines: unknown[] = [];
  const aside: unknown[] = [];
  const deps: PublishDeps = {
    history: {
      add: async (events) => void done.push(`history ${events.map(({ userId }) => userId).join()}`),
    },
    readGoodbye: async (id) => ({ pk: `goodbye#${id}`, version: 2, changedBy: "operator", changedAt: 7 }),
    putOnBus: async (events) => void done.push(`bus ${events.map(({ userId }) => userId).join()}`),
    enqueueWebhook: async ({ userId, type }, replay = "") =>
      void done.push(`webhook ${userId} ${type}${replay}`),
    putPositionAside: async (place) => void aside.push(place),
    countMetric: () => {},
    logError: (message, fields) => void lines.push({ message, fields }),
    ...changes,
  };
  return { deps, done, lines, aside };
};

describe("records of the stream", () => {
  it("go to the history, then to the bus, then to the webhooks", async () => {
    const { deps, done } = setUp();
    const answer = await publishRecords([created("a", "1"), created("b", "2")], deps);
    expect(answer).toEqual({ batchItemFailures: [] });
    expect(done).toEqual([
      "history a",
      "bus a",
      "webhook a user.created",
      "history b",
      "bus b",
      "webhook b user.created",
    ]);
  });

  it("that mean nothing to others go nowhere", async () => {
    const { deps, done } = setUp();
    const NewImage = account("a", { loginCode: { S: "digest" } });
    await publishRecords([record("a", "1", { OldImage: account("a"), NewImage })], deps);
    expect(done).toEqual([]);
  });

  it("of a deletion name who deleted", async () => {
    const added: UserEvent[] = [];
    const { deps } = setUp({ history: { add: async (events) => void added.push(...events) } });
    await publishRecords([record("a", "1", { OldImage: account("a") })], deps);
    expect(added).toMatchObject([{ type: "user.deleted", version: 2, actor: { by: "operator" }, at: 7 }]);
  });

  it.each(["history", "bus", "webhook"])(
    "are tried again from the one at which the %s failed",
    async (what) => {
      const fail = async (): Promise<never> => Promise.reject(new Error("throttled"));
      let calls = 0;
      const failSecond = async () => ((calls += 1) > 1 ? fail() : undefined);
      const changes = {
        history: { history: { add: failSecond } },
        bus: { putOnBus: failSecond },
        webhook: { enqueueWebhook: failSecond },
      }[what];
      const { deps, done } = setUp(changes);
      const answer = await publishRecords([created("a", "1"), created("b", "2"), created("c", "3")], deps);
      expect(answer).toEqual({ batchItemFailures: [{ itemIdentifier: "2" }] });
      expect(done.filter((one) => /^\w+ c\b/.test(one))).toEqual([]);
    },
  );

  it("that are not understood are put aside and hold back no one", async () => {
    const { deps, done, aside, lines } = setUp();
    const answer = await publishRecords([strange("a", "1"), created("b", "2")], deps);
    expect(answer).toEqual({ batchItemFailures: [] });
    expect(aside).toEqual([{ streamArn: eventSourceARN, sequenceNumber: "1", pk: "user#a", userId: "a" }]);
    expect(done).toContain("bus b");
    expect(lines).toHaveLength(1);
  });

  it("are tried again if not even their position can be put aside", async () => {
    const { deps } = setUp({ putPositionAside: async () => Promise.reject(new Error("no queue")) });
    const answer = await publishRecords([created("b", "1"), strange("a", "2")], deps);
    expect(answer).toEqual({ batchItemFailures: [{ itemIdentifier: "2" }] });
  });

  it("are in no line of the log [ASVS 16.2.5]", async () => {
    const { deps, lines } = setUp({ putOnBus: async () => Promise.reject(new Error(`about ${address}`)) });
    await publishRecords([strange("a", "1"), created("b", "2")], deps);
    expect(lines).toHaveLength(2);
    expect(JSON.stringify(lines)).not.toContain("@");
  });
});

describe("an operator's request", () => {
  const event: UserEvent = { id: "evt_1", type: "user.created", at: 1, userId: "a", version: 1 };
  const position = (at: string) =>
    deadPosition.parse({
      DDBStreamBatchInfo: {
        shardId: "shard",
        startSequenceNumber: at,
        endSequenceNumber: at,
        streamArn: eventSourceARN,
      },
    });

  it("sends events of the history again, and adds nothing to it", async () => {
    const { deps, done } = setUp();
    const request = readRequest({ replay: { run: "r", events: [event] } });
    if ("Records" in request) throw new Error("read as records");
    const answer = await answerOperator(request, { ...deps, readRecords: async () => "gone" as const });
    expect(answer).toEqual({ outcome: "sent", events: 1 });
    expect(done).toEqual(["bus a", "webhook a user.created:r"]);
  });

  it("reads records again, but only those of accounts", async () => {
    const { deps, done } = setUp();
    const other = {
      ...created("a", "1"),
      dynamodb: { ...created("a", "1").dynamodb, Keys: { pk: { S: "email#1" } } },
    };
    const readRecords = async () => [other, created("b", "2")];
    const answer = await answerOperator({ redrive: position("1") }, { ...deps, readRecords });
    expect(answer).toEqual({ outcome: "sent", events: 1 });
    expect(done).toEqual(["history b", "bus b", "webhook b user.created"]);
  });

  it("is told if the stream has forgotten the records", async () => {
    const { deps } = setUp();
    const readRecords = async () => "gone" as const;
    expect(await answerOperator({ redrive: position("1") }, { ...deps, readRecords })).toEqual({
      outcome: "gone",
    });
  });

  it("that is none is refused without being quoted", () => {
    expect(() => readRequest({ other: address })).toThrow(
      /^the event is neither of the stream nor of an operator$/,
    );
  });
});
