// Renews the access token: before it ends, and after the service has refused it.
import { cancelled, failed, type Answer } from "./send.ts";
import { endedText, remainingMilliseconds, type Session, type sessionState } from "./session-state.ts";

export const signedOut = () => failed("not_authenticated", "Sign in first.", 401);

export const done: Answer = { data: undefined, error: null };

/** True if a session can't go on. Any other failure leaves it as it is. */
export const isFinal = ({ error }: Answer): boolean =>
  error?.status === 401 && /^(token_not_valid|user_(inactive|not_found))$/.test(error.code);

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
  let failure: { refresh: string; answer: Answer; until: number } | undefined;

  const renewOnce = async (refresh: string, isSecondTry = false): Promise<Answer> => {
    // A tab may be frozen for long before it comes here again, and another may have renewed.
    const stored = await state.read();
    if (stored?.refresh !== refresh) return done;
    if (failure?.refresh === refresh && performance.now() < failure.until) return failure.answer;
    if (!(await state.tryToWrite())) return done;
    const answer = await exchange(refresh);
    const { error } = answer;
    if (!error) return answer;
    if (isFinal(answer)) {
      const now = await state.read();
      if (now?.refresh === refresh) await state.forget(now, endedText);
      return answer;
    }
    if (!isSecondTry && (!error.status || error.status >= 500)) {
      await pause();
      return renewOnce(refresh, true);
    }
    failure = { refresh, answer, until: performance.now() + (error.retryAfterSeconds ?? 1) * 1000 };
    return answer;
  };

  /** Calls of this tab at the same time share one renewal. */
  const renew = async (used: Session, signal?: AbortSignal): Promise<[Answer, Session | null]> => {
    const { refresh, userId } = used;
    const flight = running.get(refresh) ?? renewOnce(refresh).finally(() => running.delete(refresh));
    running.set(refresh, flight);
    const answer = await unless(signal, flight);
    const now = await state.read();
    return [answer, now?.userId === userId ? now : null];
  };

  /** Asks again once after a renewal, and never with the token of another person. */
  return async (ask: (session: Session) => Promise<Answer>, signal?: AbortSignal): Promise<Answer> => {
    const { userId } = state.getSnapshot() as { userId?: string };
    let session = await state.read();
    if (!session || (userId && userId !== session.userId)) return signedOut();
    const margin = Math.min(longestMarginMilliseconds, session.lifetimeMilliseconds / 4);
    if (state.canWrite && remainingMilliseconds(session) <= margin) {
      const [renewal, renewed] = await renew(session, signal);
      session = renewed;
      if (!session) return renewal.error ? renewal : signedOut();
      if (renewal.error && (renewal.error.code === "aborted" || remainingMilliseconds(session) <= 0))
        return renewal;
    }
    const answer = await ask(session);
    if (answer.error?.code !== "token_not_valid" || !state.canWrite) return answer;
    // If this page ends now, the next one must not take the token for a good one.
    await state.write({ ...session, receivedAt: 0 }, session);
    const [renewal, renewed] = await renew(session, signal);
    return renewal.error ? renewal : renewed ? ask(renewed) : answer;
  };
};
