// The mailer's own code between virtual queues and a virtual SES: hours pass in milliseconds.
import type { Context, SQSEvent } from "aws-lambda";
import { letterOrder, type LetterOrder } from "../../../shared/mail/letter-orders.ts";
import { orderConsumer } from "../../../shared/mail/order-consumer.ts";
import { queueConsumer } from "../../../shared/platform/queue-consumer.ts";
import { neverCalled } from "../assert/never-called.ts";
import { virtualQueue } from "./virtual-queue.ts";
import { sesGate, type SesLimits } from "./virtual-ses.ts";

type Deps = Parameters<ReturnType<typeof orderConsumer>>[1];
type User = NonNullable<Awaited<ReturnType<Deps["users"]["find"]>>>;

const startSeconds = 1_800_000_000;
const visibilitySeconds = 120;
const batchSize = 2;
/** More would look like poison. */
const mostCrashesOfMessage = 2;
const sendingSeconds = 0.04;
const callSeconds = 0.01;

export type Sent = { to: string; kind: string; at: number };
type Options = {
  ses: SesLimits;
  seed?: number;
  /** Batches at once from each queue. */
  concurrency?: number;
  /** The share of batches that are received and then lost, as if the mailer was killed. */
  crashes?: number;
};

/** Random numbers that are the same in each run. */
const randomFrom = (seed: number) => {
  let state = seed + 1;
  return () => {
    state = (state * 16_807) % 2_147_483_647;
    return state / 2_147_483_647;
  };
};

const isUrgent = ({ kind }: LetterOrder) => kind === "login" || kind === "activation";

export const simulateMail = async (orders: readonly LetterOrder[], options: Options) => {
  const { ses, seed = 1, concurrency = 2, crashes = 0 } = options;
  const random = randomFrom(seed);
  const gate = sesGate(ses);
  const queues = {
    codes: virtualQueue("codes", visibilitySeconds),
    notices: virtualQueue("notices", visibilitySeconds),
  };
  const queueOf = (order: LetterOrder) => (isUrgent(order) ? queues.codes : queues.notices);
  const sent: Sent[] = [];
  const live = new Map<string, string>();
  const crashed = new Map<string, number>();
  const counts = { asked: 0, refused: 0, queued: 0, invocations: 0 };
  let now = 0;

  const enqueueLetter = async (order: LetterOrder, delaySeconds = 0) => {
    counts.queued += 1;
    now += callSeconds;
    const body = JSON.stringify({ orderedAt: startSeconds + Math.floor(now), tries: 0, ...order });
    queueOf(order).send(body, now, delaySeconds);
  };
  const retired = new Set<string>();
  const deps: Deps = {
    users: {
      find: async (id) => ({ id, email: `${id}@example.com`, addressKey: id }) as User,
      findIdByAddress: neverCalled("pointer"),
    },
    codes: {
      issue: async (pk, { otpRequestId, otpDigest }) => {
        if (retired.has(`${pk} ${otpRequestId}`)) return "superseded";
        live.set(pk, otpDigest);
        return { email: `${pk}@example.com`, addressKey: pk };
      },
      retire: async (pk, otpRequestId) => void retired.add(`${pk} ${otpRequestId}`),
    },
    stops: { holdBack: async () => false },
    ending: neverCalled("ending"),
    addressChanges: neverCalled("addressChanges"),
    undoing: { find: async () => undefined },
    registrations: neverCalled("registrations"),
    resets: neverCalled("resets"),
    limits: neverCalled("limits"),
    moves: neverCalled("moves"),
    formerAddresses: {
      find: async (which, userId) => {
        const addressKey = `${which}-${userId}`;
        return retired.has(addressKey) ? undefined : { email: `${addressKey}@example.com`, addressKey };
      },
      forget: async (which, userId) => void retired.add(`${which}-${userId}`),
    },
    createCode: () => String(counts.asked).padStart(6, "0"),
    codeDigest: async (_pk, _purpose, code) => code,
    sendEmail: async (to, kind, { text }) => {
      now += sendingSeconds;
      counts.asked += 1;
      const refusal = gate(now);
      if (refusal) {
        counts.refused += 1;
        throw Object.assign(new Error(refusal.message), { name: refusal.name });
      }
      const code = live.get(to.addressKey);
      if (code !== undefined && !text.replaceAll(" ", "").includes(code)) throw new Error("a dead code left");
      sent.push({ to: to.email, kind, at: now });
    },
    enqueueLetter,
    putAside: async (order) => void queueOf(order).dead.push(JSON.stringify(order)),
    recordSecurityEvent: () => {},
    nowSeconds: () => startSeconds + Math.floor(now),
    random,
    product: "LIT Auth",
    defaultLocale: "en",
    lifetimeSeconds: 600,
  };
  const handler = await queueConsumer(letterOrder, orderConsumer(), () => deps);

  for (const order of orders) {
    now = 0;
    await enqueueLetter(order);
  }
  counts.queued = 0;

  const workers = Object.values(queues).flatMap((queue) =>
    Array.from({ length: concurrency }, () => ({ queue, freeAt: 0 })),
  );
  const nextOf = ({ queue, freeAt }: (typeof workers)[number]) => Math.max(freeAt, queue.nextAt());
  for (;;) {
    const worker = workers.reduce((first, other) => (nextOf(other) < nextOf(first) ? other : first));
    now = nextOf(worker);
    if (now === Infinity) break;
    const batch = worker.queue.receive(batchSize, now);
    if (batch.length === 0) continue;
    counts.invocations += 1;
    const hasCrashed = batch.some(({ id }) => crashed.get(id) === mostCrashesOfMessage);
    if (random() < crashes && !hasCrashed) {
      for (const { id } of batch) crashed.set(id, (crashed.get(id) ?? 0) + 1);
      continue;
    }
    const Records = batch.map(({ id, body, sentAt }) => ({
      messageId: id,
      body,
      attributes: { SentTimestamp: String((startSeconds + sentAt) * 1000) },
    }));
    const context = { awsRequestId: String(counts.invocations) } as Context;
    const { batchItemFailures } = await handler({ Records } as SQSEvent, context);
    const failed = new Set(batchItemFailures.map(({ itemIdentifier }) => itemIdentifier));
    for (const message of batch) if (!failed.has(message.id)) worker.queue.remove(message);
    worker.freeAt = now + callSeconds;
  }

  const names = sent.map(({ to, kind }) => `${kind} ${to}`);
  return {
    ...counts,
    sent,
    twice: names.length - new Set(names).size,
    dead: queues.codes.dead.length + queues.notices.dead.length,
    mostReceives: Math.max(queues.codes.mostReceives(), queues.notices.mostReceives()),
    mostCrashes: Math.max(0, ...crashed.values()),
    seconds: Math.max(0, ...sent.map(({ at }) => at)),
    /** The longest wait for a code, because all orders are made at 0. */
    oldestCodeSeconds: Math.max(0, ...sent.filter(({ kind }) => kind === "login").map(({ at }) => at)),
  };
};
