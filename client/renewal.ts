// Renews the access token: before it ends, and after the service has refused it.
import { cancelled, failed, type Answer } from "./send.ts";
import { remainingMilliseconds, type Session, type sessionState } from "./session-state.ts";

export const signedOut = () => failed("not_authenticated", "Sign in first.", 401);

/** True if a session can't go on. Any other failure leaves it as it is. */
export const isFinal = ({ error }: Answer): boolean =>
  error?.status === 401 && /^(token_not_valid|user_inactive|user_not_found)$/.test(error.code);

/** The service accepts a replaced refresh token for 30 seconds. Both tries fit into them. */
export const longestRenewalMilliseconds = 10_000;
const pause = () => new Promise((resolve) => setTimeout(resolve, 300 + Math.random() * 700));

/** How long before its end an access token is renewed, but for those that don't live long. */
const longestMarginMilliseconds = 60_000;

/** Stops waiting for work that goes on for others. */
const unless = (signal: AbortSignal | undefined, work: Promise<Answer>) =>
  new Promise<Answer>((resolve) => {
    const stop = () => resolve(cancelled());
    if (signal?.aborted) stop();
    signal?.addEventListener("abort", stop);
    void work.then(resolve);
  });

type Exchange = (refresh: string) => Promise<Answer>;

export const sessionRenewal = (state: ReturnType<typeof sessionState>, exchange: Exchange) => {
  let running: { of: string; answer: Promise<Answer> } | undefined;
  let failure: { answer: Answer; until: number } | undefined;

  const renewOnce = async (refresh: string): Promise<Answer> => {
    const stored = await state.read();
    if (stored?.refresh !== refresh) return { data: null, error: null };
    if (failure && performance.now() < failure.until) return failure.answer;
    void state.write({ ...stored, isRenewing: true });
    let answer = await exchange(refresh);
    const isPassing = ({ error }: Answer) => error && (error.status === 0 || error.status >= 500);
    if (isPassing(answer)) {
      await pause();
      answer = await exchange(refresh);
    }
    const now = await state.read();
    if (isFinal(answer)) {
      if (now?.refresh === refresh) await state.forget(now, true);
    } else if (answer.error)
      failure = { answer, until: performance.now() + 1000 * (answer.error.retryAfterSeconds ?? 1) };
    return answer;
  };

  /** Calls of this tab at the same time share one renewal. */
  const renew = ({ refresh }: Session, signal?: AbortSignal): Promise<Answer> => {
    if (running?.of !== refresh) running = { of: refresh, answer: renewOnce(refresh) };
    const mine = running;
    void mine.answer.then(() => mine === running && (running = undefined));
    return unless(signal, mine.answer);
  };

  /** Returns a session of the same person whose access token can be used, or why there is none. */
  const usable = async (session: Session, signal?: AbortSignal): Promise<Session | Answer> => {
    const { isRenewing, lifetimeMilliseconds } = session;
    const margin = Math.min(longestMarginMilliseconds, lifetimeMilliseconds / 4);
    const isFresh = !isRenewing && remainingMilliseconds(session) > margin;
    if (isFresh || !state.canWrite) return session;
    const answer = await renew(session, signal);
    const now = await state.read();
    if (now?.userId !== session.userId) return answer.error ? answer : signedOut();
    return !answer.error || (remainingMilliseconds(now) > 0 && answer.error.code !== "aborted")
      ? now
      : answer;
  };

  /** Asks again once after a renewal, and never with the token of another person. */
  const asUser = async (session: Session, ask: (access: string) => Promise<Answer>, signal?: AbortSignal) => {
    const first = await usable(session, signal);
    if ("data" in first) return first;
    const answer = await ask(first.access);
    if (answer.error?.code !== "token_not_valid" || !state.canWrite) return answer;
    const renewed = await renew(first, signal);
    if (renewed.error) return renewed;
    const second = await state.read();
    return second?.userId === session.userId && second.access !== first.access ? ask(second.access) : answer;
  };

  return { usable, asUser };
};
