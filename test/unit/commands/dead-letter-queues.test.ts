import { describe, expect, it } from "vitest";
import { lookInto, moveBack } from "../../../commands/dead-letter-queue.ts";
import { queueNamesIn, shownSummary, summaryOf } from "../../../commands/letters/dead-letters.ts";
import { actorOf } from "../../../commands/operator-log.ts";

type Sqs = NonNullable<Parameters<typeof lookInto>[2]>;
type Call = { name: string; input: Record<string, unknown> };

/** Answers each call of an operation with its next answer, and the last one again and again. */
const stubbed = (answers: Record<string, unknown[]>) => {
  const calls: Call[] = [];
  const send = async ({ constructor, input }: { constructor: { name: string }; input: never }) => {
    const name = constructor.name.replace(/Command$/, "");
    calls.push({ name, input });
    const left = answers[name] ?? [{}];
    const answer = left.length > 1 ? left.shift() : left[0];
    if (answer instanceof Error) throw answer;
    return answer;
  };
  return { calls, sqs: { send } as unknown as Sqs };
};

describe("move back", () => {
  const tasks = (...statuses: object[]) => statuses.map((task) => ({ Results: [task] }));
  const queues = [{ Attributes: { QueueArn: "from-arn" } }, { Attributes: { QueueArn: "to-arn" } }];
  const move = async (answers: Record<string, unknown[]>, deadline?: number) => {
    const { calls, sqs } = stubbed({ GetQueueAttributes: [...queues], ...answers });
    const progress: number[] = [];
    const onProgress = (moved: number) => void progress.push(moved);
    const options = { sqs, pauseMilliseconds: 0, ...(deadline !== undefined && { deadline }) };
    const ended = moveBack({ from: "from", to: "to", onProgress }, options);
    return { calls, progress, ended: await ended.catch((error: unknown) => String(error)) };
  };
  const [running, completed] = [
    { Status: "RUNNING", ApproximateNumberOfMessagesMoved: 1 },
    { Status: "COMPLETED", ApproximateNumberOfMessagesMoved: 3 },
  ];

  it("names both queues, and follows the task to its end", async () => {
    const { calls, progress, ended } = await move({
      ListMessageMoveTasks: [{ Results: [] }, ...tasks(running, completed)],
    });
    const task = { SourceArn: "from-arn", DestinationArn: "to-arn" };
    expect(calls[2]).toEqual({ name: "StartMessageMoveTask", input: task });
    expect([progress, ended]).toEqual([[0, 1, 3], { status: "COMPLETED", moved: 3 }]);
  });

  it("follows a task that is under way, and says why one failed", async () => {
    const StartMessageMoveTask = [new Error("There is already a task running. Only one …")];
    const FailureReason = "AWS.SimpleQueueService.NonExistentQueue";
    const failed = { ...running, Status: "FAILED", FailureReason };
    const { ended } = await move({ StartMessageMoveTask, ListMessageMoveTasks: tasks(failed) });
    expect(ended).toBe(`Error: SQS has stopped the move after 1 messages: ${FailureReason}.`);
    const denied = [new Error("AccessDenied")];
    expect((await move({ StartMessageMoveTask: denied })).ended).toBe("Error: AccessDenied");
  });

  it("stops following at its deadline", async () => {
    const { ended } = await move({ ListMessageMoveTasks: tasks(running) }, 0);
    expect(ended).toEqual({ status: "RUNNING", moved: 1 });
  });
});

describe("look into a queue", () => {
  const page = (...bodies: string[]) => ({
    Messages: bodies.map((Body) => ({ Body, ReceiptHandle: `of ${Body}` })),
  });
  const shown = (calls: Call[]) =>
    calls
      .filter(({ name }) => name === "ChangeMessageVisibilityBatch")
      .flatMap(({ input }) => input["Entries"] as { ReceiptHandle: string; VisibilityTimeout: number }[]);

  it("makes all messages visible again, also after a failure", async () => {
    const seen = stubbed({ ReceiveMessage: [page("a", "b"), page("c"), page()] });
    expect(await lookInto("queue", 100, seen.sqs)).toEqual(["a", "b", "c"]);
    expect(shown(seen.calls)).toHaveLength(3);
    const failing = stubbed({ ReceiveMessage: [page("a"), new Error("throttled")] });
    await expect(lookInto("queue", 100, failing.sqs)).rejects.toThrow("throttled");
    expect(shown(failing.calls)).toEqual([
      expect.objectContaining({ ReceiptHandle: "of a", VisibilityTimeout: 0 }),
    ]);
  });

  it("looks at no more than asked for", async () => {
    const { calls, sqs } = stubbed({ ReceiveMessage: [page("a", "b"), page("c")] });
    await lookInto("queue", 3, sqs);
    expect(calls.map(({ input }) => input["MaxNumberOfMessages"])).toEqual([3, 1, undefined]);
  });
});

describe("summary of dead letters", () => {
  const login = { kind: "login", userId: "u", otpRequestId: "r", orderedAt: 1_000 };
  const summary = (...bodies: unknown[]) =>
    summaryOf(
      bodies.map((body) => (typeof body === "string" ? body : JSON.stringify(body))),
      1_901,
    );

  it("counts kinds and codes that are too old, and prints nothing else", () => {
    const notice = { kind: "goodbye", userId: "ada", orderedAt: 0 };
    const bounce = { event: "bounce", kind: ["login"], recipient: ["k"] };
    expect(
      summary(login, { ...login, orderedAt: 1_001 }, notice, bounce, "{", { kind: "Ada <a@b.c>" }, null),
    ).toEqual({ kinds: { login: 2, goodbye: 1, bounce: 1, unreadable: 3 }, tooOld: 1, seen: 7 });
  });

  it("says how many it has seen, and what another command holds", () => {
    expect(shownSummary("codes", 1_234, 0, summary(login))).toBe(
      "codes: 1,234 wait. Of 1 of them: 1 login. The mailer will drop 1: codes that were ordered more than 15 minutes ago.",
    );
    expect(shownSummary("notices", 0, 2, summary())).toBe(
      "notices: none wait. 2 more are hidden for at most 30 seconds.",
    );
  });

  it("is of the queues that are named", () => {
    expect(queueNamesIn(undefined)).toEqual(["codes", "notices", "feedback"]);
    expect(queueNamesIn("notices")).toEqual(["notices"]);
    expect(() => queueNamesIn("mail")).toThrow("Use codes, notices, feedback or all.");
  });
});

it.each([
  ["arn:aws:iam::1:user/ops/ada", "arn:aws:iam::1:user/ops/ada"],
  ["arn:aws:sts::1:assumed-role/Admin/ada@example.com", "arn:aws:sts::1:assumed-role/Admin/address-p"],
  ["arn:aws:iam::1:user/ada@example.com", "arn:aws:iam::1:user/address-p"],
  ["arn:aws:sts::1:assumed-role/Admin/ada@home", "arn:aws:sts::1:assumed-role/Admin/address"],
])("the operators' log names %s as %s", async (arn, actor) => {
  expect(await actorOf(arn, async () => "p")).toBe(actor);
});
