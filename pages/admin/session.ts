/** The administrator's tokens: in this module's memory and nowhere else, so a reload signs in anew. */
import { HttpError } from "ra-core";
import { request, type AnswerOf, type RequestOf, type Route } from "./api.ts";

type Session = { tokens: AnswerOf<"POST /api/v1/auth/jwt/create/">; madeAt: number };

/** Far below the 30 minutes after which the server calls a session idle, counted from its newest tokens. */
const freshMilliseconds = 5 * 60 * 1000;

let session: Session | undefined;
let renewing: Promise<void> | undefined;

export const isSignedIn = (): boolean => session !== undefined;

export const signIn = async (email: string, code: string): Promise<void> => {
  const tokens = await request("POST /api/v1/auth/jwt/create/", { body: { email, otp_code: code } });
  session = { tokens, madeAt: Date.now() };
};

/** Forgets the tokens first: whether the server hears of it or not, this page is signed out. */
export const signOut = async (): Promise<void> => {
  const refresh = session?.tokens.refresh;
  session = undefined;
  if (refresh) await request("POST /api/v1/auth/jwt/logout/", { body: { refresh } }).catch(() => undefined);
};

const fetchTokens = async (used: Session) => {
  const tokens = await request("POST /api/v1/auth/jwt/refresh/", { body: { refresh: used.tokens.refresh } });
  if (session === used) session = { tokens, madeAt: Date.now() };
};

/** Requests that meet here share one renewal; one that comes after it finds the session renewed. */
const renew = async (used: Session) => {
  if (session !== used) return;
  renewing ??= fetchTokens(used).finally(() => {
    renewing = undefined;
  });
  await renewing;
};

/** As the signed-in administrator. A request whose token turns out to be expired is sent once more with a new one. */
export const signedRequest = async <R extends Route>(route: R, sent: RequestOf<R>): Promise<AnswerOf<R>> => {
  if (session && Date.now() - session.madeAt > freshMilliseconds) await renew(session);
  const used = session;
  try {
    return await request(route, sent, used?.tokens.access);
  } catch (error) {
    const isExpired = error instanceof HttpError && error.body?.code === "token_not_valid";
    if (!isExpired || !used) throw error;
    await renew(used);
    return request(route, sent, session?.tokens.access);
  }
};
