// A receive counts towards the dead letters. So it must mean that an order itself is broken, and
// never that SES had no room for its letter: such an order is queued anew, and the old one is done.
import type { Outcome, Received } from "../platform/queue-consumer.ts";
import { dispatchLetter } from "./letter-dispatch.ts";
import { delaySecondsOf, hasWaitedTooLong, isTooOld, type LetterOrder } from "./letter-orders.ts";
import type { enqueueLetter, putAside } from "./mail-queue.ts";
import { isLater, verdictOf, type Later } from "./ses-answers.ts";
import type { sendEmail } from "./ses.ts";

type Deps = Parameters<typeof dispatchLetter>[1] & {
  enqueueLetter: typeof enqueueLetter;
  putAside: typeof putAside;
  random: () => number;
};
type Delivery = Parameters<typeof sendEmail>;

/** Of an address that an earlier version remembered. It could mean several addresses. */
const unknownKey = "none";

const sendingFor = (order: LetterOrder, deps: Deps) => {
  const earlier = new Set(order.sent);
  const sent = new Set(earlier);
  let failure: unknown;
  return {
    sent: () => [...sent],
    failure: () => failure,
    sendEmail: async (...[to, kind, letter]: Delivery): Promise<void> => {
      const name = `${kind} ${to.addressKey}`;
      if (earlier.has(name)) return;
      try {
        await deps.sendEmail(to, kind, letter);
      } catch (error) {
        failure = error;
        throw error;
      }
      if (to.addressKey !== unknownKey) sent.add(name);
    },
  };
};

const sendLater = async (order: LetterOrder, reason: Later, error: unknown, deps: Deps): Promise<Outcome> => {
  const now = deps.nowSeconds();
  if (hasWaitedTooLong(order, now)) {
    await deps.putAside({ ...order, tries: 0 });
    return { outcome: "never_sent", error };
  }
  const delaySeconds = delaySecondsOf(order, { reason, now }, deps.random);
  await deps.enqueueLetter({ ...order, tries: (order.tries ?? 0) + 1 }, delaySeconds);
  return reason;
};

/** After SES has had no room once, the rest of a batch doesn't ask. */
export const orderConsumer = () => {
  let full: { batch: string; reason: Later; error: unknown } | undefined;

  return async (given: LetterOrder, deps: Deps, { batch, queuedAt }: Received): Promise<Outcome> => {
    const order = { ...given, orderedAt: given.orderedAt ?? queuedAt };
    if (isTooOld(order, deps.nowSeconds())) return "too_old";
    if (full?.batch === batch) return sendLater(order, full.reason, full.error, deps);
    const { sent, failure, sendEmail } = sendingFor(order, deps);
    try {
      return await dispatchLetter(order, { ...deps, sendEmail });
    } catch (error) {
      const verdict = error === failure() ? verdictOf(error) : "unknown";
      const rest = { ...order, ...(sent().length > 0 && { sent: sent() }) };
      if (verdict === "refused") {
        await deps.putAside(rest);
        return { outcome: verdict, error };
      }
      const reason = verdict === "no_answer" ? "unavailable" : verdict;
      if (isLater(reason)) full = { batch, reason, error };
      if (!isLater(verdict)) throw error;
      return await sendLater(rest, verdict, error, deps);
    }
  };
};
