// After a rollback, and while a deployment replaces functions, a queue also holds messages of a
// later version. They wait for its code, and only after a day they become dead letters.
import * as z from "zod";
import { day, nowSeconds, type Clock } from "../platform/clock.ts";
import type { Outcome, Received } from "../platform/queue-consumer.ts";

type Later = { kind: string; later: Record<string, unknown> };

const body = z.looseObject({});
/** Kinds are logged, so nothing that could hold an address is taken for one. */
const kindForm = /^[a-z][a-z_]{0,49}$/;

export const orLater = <Message extends { kind: string }>(
  message: z.ZodType<Message>,
): z.ZodType<Message | Later> =>
  z.unknown().transform((given, context): Message | Later => {
    const known = message.safeParse(given);
    if (known.success) return known.data;
    const { data: later = {} } = body.safeParse(given);
    const [kind] = known.error.issues.flatMap((issue) =>
      issue.code === "invalid_union" && issue.discriminator !== undefined ? [later[issue.discriminator]] : [],
    );
    if (typeof kind === "string" && kindForm.test(kind)) return { kind, later };
    context.addIssue({ code: "custom", message: "no message of this queue" });
    return z.NEVER;
  });

const [shortestDelaySeconds, longestDelaySeconds] = [15, 900];

type Queues = {
  queueAgain: (message: object, delaySeconds: number) => Promise<void>;
  putAside: (message: object) => Promise<void>;
};

/** The wait doubles, so that a deployment that takes minutes delays messages by minutes. */
export const parkingLater = <Message extends { kind: string }, Deps>(
  message: z.ZodType<Message>,
  consume: (message: Message, deps: Deps, received: Received) => Promise<Outcome>,
  { queueAgain, putAside }: Queues,
  clock: Clock = nowSeconds,
) => {
  const consumeOrPark = async (given: Message | Later, deps: Deps, received: Received): Promise<Outcome> => {
    if (!("later" in given)) return consume(given, deps, received);
    const { parkedAt, ...own } = given.later;
    const since = typeof parkedAt === "number" ? parkedAt : received.queuedAt;
    const waited = clock() - since;
    if (waited > day) {
      await putAside(own);
      return { outcome: "not_understood", error: new Error("no version that knows this kind came") };
    }
    const delaySeconds = Math.min(Math.max(waited, shortestDelaySeconds), longestDelaySeconds);
    await queueAgain({ ...own, parkedAt: since }, delaySeconds);
    return "parked";
  };
  return [orLater(message), consumeOrPark] as const;
};
