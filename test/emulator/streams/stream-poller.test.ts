// What Lambda does with a stream, on plain fakes: a stream in memory, and a function that fails.
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { AwsRequestError } from "../../../infra/local/aws/aws-request.ts";
import { openCheckpoints, type Checkpoints } from "../../../infra/local/streams/checkpoints.ts";
import { createRecordBatches } from "../../../infra/local/streams/record-batches.ts";
import type { StreamMapping } from "../../../infra/local/streams/stream-mapping.ts";
import { startStreamPoller } from "../../../infra/local/streams/stream-poller.ts";
import { eventually } from "../../support/assert/eventually.ts";

const folders: string[] = [];
afterAll(() => {
  for (const folder of folders) rmSync(folder, { recursive: true });
});
const newFolder = (): string => {
  const folder = mkdtempSync(path.join(tmpdir(), "lit-auth-streams-"));
  folders.push(folder);
  return folder;
};

const streamArn = "arn:aws:dynamodb:us-east-1:000000000000:table/T/stream/1";
const mapping: StreamMapping = {
  streamArn,
  functionName: "events",
  fromStart: true,
  batchSize: 3,
  windowMilliseconds: 0,
  reportsFailures: true,
  bisects: true,
  mostRetries: 2,
  oldestSeconds: Infinity,
  deadLettersUrl: "dead",
  wants: () => true,
};
const sequence = (at: number) => String(at).padStart(21, "0");
const recordAt = (at: number, created = Date.now() / 1000) => ({
  dynamodb: { SequenceNumber: sequence(at), ApproximateCreationDateTime: created },
});
const numbersIn = (event: unknown): number[] =>
  (event as { Records: { dynamodb: { SequenceNumber: string } }[] }).Records.map(({ dynamodb }) =>
    Number(dynamodb.SequenceNumber),
  );
const failing = (numbers: number[]) => ({
  payload: { batchItemFailures: numbers.map((at) => ({ itemIdentifier: sequence(at) })) },
});
const good = { payload: { batchItemFailures: [] } };

const batches = (answer: (numbers: number[]) => unknown, changes: Partial<StreamMapping> = {}) => {
  const invoked: number[][] = [];
  const letters: { DDBStreamBatchInfo: Record<string, unknown>; requestContext: { condition: string } }[] =
    [];
  let doneAt = 0;
  const run = createRecordBatches(
    { ...mapping, ...changes },
    { streamArn, shardId: "shard" },
    {
      invoke: async (event) => {
        invoked.push(numbersIn(event));
        return answer(numbersIn(event)) as typeof good;
      },
      sendDeadLetter: async (_, letter) => void letters.push(letter as (typeof letters)[number]),
      done: (at) => (doneAt = Number(at)),
      signal: new AbortController().signal,
    },
  );
  return { run, invoked, letters, doneAt: () => doneAt };
};

describe("batches of a shard", () => {
  it("have at most the mapping's size, in order", async () => {
    const { run, invoked, doneAt } = batches(() => good);
    await run([1, 2, 3, 4].map((at) => recordAt(at)));
    expect([invoked, doneAt()]).toEqual([[[1, 2, 3], [4]], 4]);
  });

  it("begin anew at the first failure, and keep what was done", async () => {
    let calls = 0;
    const { run, invoked } = batches(() => ((calls += 1) === 1 ? failing([3, 2]) : good));
    await run([1, 2, 3].map((at) => recordAt(at)));
    expect(invoked).toEqual([
      [1, 2, 3],
      [2, 3],
    ]);
  });

  it.each([
    ["an error", { error: { errorType: "E", errorMessage: "" } }],
    ["an unknown record", failing([99])],
    ["an answer of another form", { payload: { batchItemFailures: [{ itemIdentifier: "" }] } }],
  ])("fail as a whole with %s, and are split in halves", async (_, first) => {
    let calls = 0;
    const { run, invoked } = batches(() => ((calls += 1) === 1 ? first : good));
    await run([1, 2, 3].map((at) => recordAt(at)));
    expect(invoked).toEqual([[1, 2, 3], [1, 2], [3]]);
  });

  it("give up one record after its retries and put its position aside", async () => {
    const { run, invoked, letters, doneAt } = batches((numbers) =>
      numbers.includes(2) ? failing([2]) : good,
    );
    await run([1, 2, 3].map((at) => recordAt(at)));
    expect(invoked.filter((numbers) => numbers.join() === "2")).toHaveLength(3);
    expect(invoked.at(-1)).toEqual([3]);
    expect(letters).toMatchObject([
      {
        requestContext: { condition: "RetryAttemptsExhausted" },
        DDBStreamBatchInfo: {
          streamArn,
          shardId: "shard",
          startSequenceNumber: sequence(2),
          endSequenceNumber: sequence(2),
          batchSize: 1,
        },
      },
    ]);
    expect(JSON.stringify(letters)).not.toContain("Image");
    expect(doneAt()).toBe(3);
  });

  it("give up a record that is too old after one try", async () => {
    const { run, invoked, letters } = batches((numbers) => (numbers.includes(1) ? failing([1]) : good), {
      oldestSeconds: 60,
      mostRetries: Infinity,
    });
    await run([recordAt(1, Date.now() / 1000 - 3_600), recordAt(2)]);
    expect(invoked).toEqual([[1, 2], [1], [2]]);
    expect(letters).toMatchObject([{ requestContext: { condition: "RecordAgeExceeded" } }]);
  });

  it("are tried without end by default", async () => {
    let calls = 0;
    const { run, letters } = batches(() => ((calls += 1) < 4 ? failing([1]) : good), {
      mostRetries: Infinity,
    });
    await run([recordAt(1)]);
    expect([calls, letters]).toEqual([4, []]);
  });
});

/** One shard that holds numbers. Iterators are positions. */
const memoryStream = (count: number, { shards = ["shard"], trimmedTo = 0 } = {}) => {
  const calls: string[] = [];
  return {
    calls,
    call: async (operation: string, parameters: Record<string, unknown>): Promise<unknown> => {
      calls.push(operation);
      if (operation === "DescribeStream")
        return {
          StreamDescription: {
            StreamArn: streamArn,
            Shards: shards.map((ShardId, index) => ({ ShardId, ParentShardId: shards[index - 1] })),
          },
        };
      if (operation === "GetShardIterator") {
        const { ShardIteratorType: type, ShardId, SequenceNumber = "0" } = parameters;
        const at = type === "TRIM_HORIZON" ? trimmedTo : Number(SequenceNumber);
        if (at < trimmedTo) throw new AwsRequestError("TrimmedDataAccessException", "trimmed");
        return { ShardIterator: `${String(ShardId)}:${at}` };
      }
      const [shard = "", at = 0] = String(parameters["ShardIterator"]).split(":");
      const from = Number(at);
      // Each shard but the last is closed, and holds numbers of its own.
      const base = shards.indexOf(shard) * count;
      const Records = Array.from({ length: Math.min(2, count - from) }, (_, index) =>
        recordAt(base + from + index + 1),
      );
      const isClosed = shard !== shards.at(-1) && from + Records.length >= count;
      const next = `${shard}:${from + Records.length}`;
      return { Records, ...(!isClosed && { NextShardIterator: next }) };
    },
  };
};

const poll = (
  stream: ReturnType<typeof memoryStream>,
  checkpoints: Checkpoints,
  invoke: (numbers: number[]) => Promise<unknown>,
  changes: Partial<StreamMapping> = {},
) => {
  const errors: string[] = [];
  const poller = startStreamPoller(
    { ...mapping, ...changes },
    {
      callStreams: stream.call,
      invoke: async (event) => (await invoke(numbersIn(event))) as typeof good,
      sendDeadLetter: async () => {},
      checkpoints,
      onError: (message) => void errors.push(message),
    },
  );
  return { poller, errors };
};

describe("stream poller", () => {
  it("loses nothing and keeps the order, wherever a run is cut off", async () => {
    const count = 9;
    for (let cutAfter = 1; cutAfter <= 12; cutAfter += 1) {
      const folder = newFolder();
      const seen: number[] = [];
      let steps = 0;
      const never = new Promise<never>(() => {});
      const cut = Promise.withResolvers<void>();
      // A killed process takes no further step: not the call, not its answer, not the checkpoint.
      const step = async <T>(work: () => T): Promise<T> => {
        steps += 1;
        if (steps <= cutAfter) return work();
        cut.resolve();
        return never;
      };
      const stream = memoryStream(count);
      const cutStream = {
        ...stream,
        call: async (...call: Parameters<typeof stream.call>) => step(() => stream.call(...call)),
      };
      void poll(cutStream, openCheckpoints(folder), async (numbers) => {
        await step(() => {});
        seen.push(...numbers);
        return step(() => good);
      });
      await cut.promise;
      const { poller } = poll(stream, openCheckpoints(folder), async (numbers) => {
        seen.push(...numbers);
        return good;
      });
      await eventually("the last record", () => (seen.includes(count) ? true : undefined));
      await poller.stop();
      const firsts = [...new Set(seen)];
      expect([cutAfter, firsts]).toEqual([cutAfter, [1, 2, 3, 4, 5, 6, 7, 8, 9]]);
      // Only what was under way comes again.
      expect(seen.length).toBeLessThanOrEqual(count + 2);
    }
  });

  it("reads parents before their children", async () => {
    const seen: number[] = [];
    const stream = memoryStream(3, { shards: ["first", "second"] });
    const { poller } = poll(stream, openCheckpoints(newFolder()), async (numbers) => {
      seen.push(...numbers);
      return good;
    });
    await eventually("the second shard", () => (seen.includes(6) ? true : undefined));
    await poller.stop();
    expect(seen).toEqual([1, 2, 3, 4, 5, 6]);
  });

  it("begins at what is left if its position was forgotten", async () => {
    const folder = newFolder();
    const shard = `events ${streamArn} shard`;
    openCheckpoints(folder).save(shard, sequence(1));
    const seen: number[] = [];
    const { poller, errors } = poll(
      memoryStream(6, { trimmedTo: 4 }),
      openCheckpoints(folder),
      async (numbers) => {
        seen.push(...numbers);
        return good;
      },
    );
    await eventually("the last record", () => (seen.includes(6) ? true : undefined));
    await poller.stop();
    expect(seen).toEqual([5, 6]);
    expect(errors.join()).toContain("TrimmedDataAccessException");
    expect(openCheckpoints(folder).at(shard)).toBe(sequence(6));
  });

  it("gives the function only what the filter wants", async () => {
    const folder = newFolder();
    const seen: number[] = [];
    const wants = (event: unknown) => numbersIn({ Records: [event] })[0] === 2;
    const { poller } = poll(
      memoryStream(5),
      openCheckpoints(folder),
      async (numbers) => {
        seen.push(...numbers);
        return good;
      },
      { wants },
    );
    const done = () => openCheckpoints(folder).at(`events ${streamArn} shard`) === sequence(5);
    await eventually("the end of the shard", () => (done() ? true : undefined));
    await poller.stop();
    expect(seen).toEqual([2]);
  });

  it("goes on after an error of the stream, from the checkpoint", async () => {
    const stream = memoryStream(4);
    let failures = 0;
    const seen: number[] = [];
    const broken = {
      ...stream,
      call: async (operation: string, parameters: Record<string, unknown>) => {
        if (operation === "GetRecords" && seen.length === 2 && (failures += 1) === 1)
          throw new AwsRequestError("ExpiredIteratorException", "expired");
        return stream.call(operation, parameters);
      },
    };
    const { poller, errors } = poll(broken, openCheckpoints(newFolder()), async (numbers) => {
      seen.push(...numbers);
      return good;
    });
    await eventually("the last record", () => (seen.includes(4) ? true : undefined));
    await poller.stop();
    expect(seen).toEqual([1, 2, 3, 4]);
    expect(errors.join()).toContain("ExpiredIteratorException");
  });
});
