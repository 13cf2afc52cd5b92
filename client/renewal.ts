// Renews the access token: before it ends, and after the service has refused it.
import { cancelled, failed, type Answer } from "./send.ts";
import { refused, remainingMilliseconds, type Session, type sessionState } from "./session-state.ts";

export const signedOut = () => failed("not_authenticated", "Sign in first.", 401);

export const done: Answer = { data: undefined, error: null };

/** True if a session can't go on. Any other failure leaves it as it is. */
export const isFinal = ({ error }: Answer): boolean =>
  error?.status === 401 && /^(token_not_valid|user_)/.test(error.code);

const pause = () => new Promise((resolve) => setTimeout(resolve, 300 + Math.random() * 700));

/** How long before its end an access token is renewed, but for those that don't live long. */
const longestMarginMilliseconds = 60_000;

/** Stops waiting for work that goes on for others. */
export const unless = (signal: AbortSignal | undefined, work: Promise<Answer>) =>
  new Promise<Answer>((resolve) => {
    const stop = () => resolve(cancelled());
    if (signal?.aborted) stop();
    signal?.addEventListener("abort", stop);
    void work.then(resolve).finally(() => signal?.removeEventListener("abort", stop));
  });

type Exchange = (refresh: string) => Promise<Answer>;

export const sessionRenewal = (state: ReturnType<typeof sessionState>, exchange: Exchange) => {
  const running = new Map<string, Promise<Answer>>();
  let failure: { answer: Answer; until: number } | undefined;

  const renewOnce = async (refresh: string, isSecondTry = false): Promise<Answer> => {
    // A tab may be frozen for long before it comes here again, and another may have renewed.
    const stored = await state.read();
    if (stored?.refresh !== refresh) return done;
    if (failure && performance.now() < failure.until) return failure.answer;
    // Otherwise the successor could get lost, too, as where cookies can only be read.
    if (!(await state.write({ ...stored, isRenewing: true }, stored))) return done;
    const answer = await exchange(refresh);
    const { status = 0, retryAfterSeconds = 1 } = answer.error ?? {};
    if (isFinal(answer)) {
      const now = await state.read();
      if (now?.refresh === refresh) await state.forget(now, refused);
    } else if (answer.error) {
      if (!isSecondTry && (status === 0 || status >= 500))
        return pause().then(() => renewOnce(refresh, true));
      failure = { answer, until: performance.now() + retryAfterSeconds * 1000 };
    }
    return answer;
  };

  /** Calls of this tab at the same time share one renewal. */
  const renew = async (used: Session, signal?: AbortSignal): Promise<[Answer, Session | null]> => {
    const { refresh, userId } = used;
    const flight = running.get(refresh) ?? renewOnce(refresh).finally(() => running.delete(refresh));
    running.set(refresh, flight);
    const answer = await unless(signal, flight);
    const now = await state.read();
    return now?.userId === userId ? [answer, now] : [answer.error ? answer : signedOut(), null];
  };

  /** Returns a session of the same person whose access token can be used, or why there is none. */
  const usable = async (session: Session, signal?: AbortSignal): Promise<[Answer, Session | null]> => {
    const margin = Math.min(longestMarginMilliseconds, session.lifetimeMilliseconds / 4);
    const isFresh = !session.isRenewing && remainingMilliseconds(session) > margin;
    if (isFresh || !state.canWrite) return [done, session];
    const [answer, now] = await renew(session, signal);
    const isLost =
      answer.error && (answer.error.code === "aborted" || !now || remainingMilliseconds(now) <= 0);
    return [answer, isLost ? null : now];
  };

  /** Asks again once after a renewal, and never with the token of another person. */
  return async (ask: (session: Session) => Promise<Answer>, signal?: AbortSignal): Promise<Answer> => {
    const session = await state.read();
    if (!session) return signedOut();
    const [failure, first] = await usable(session, signal);
    if (!first) return failure;
    const answer = await ask(first);
    if (answer.error?.code !== "token_not_valid" || !state.canWrite) return answer;
    const [renewal, second] = await renew(first, signal);
    return renewal.error || !second ? renewal : ask(second);
  };
};
