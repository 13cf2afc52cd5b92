// Tokens are kept in memory only, so that browser storage contains nothing to steal. A reload signs
// out.
import { HttpError } from "ra-core";
import { request, type AnswerOf, type RequestOf, type Route } from "./api.ts";

type Session = { tokens: AnswerOf<"POST /api/v1/auth/jwt/create/">; madeAt: number };

/** Well below the 30 minutes without a refresh after which the server ends a staff session. */
const freshMilliseconds = 5 * 60 * 1000;

let session: Session | undefined;
let renewing: Promise<void> | undefined;

export const isSignedIn = (): boolean => session !== undefined;

export const signIn = async (email: string, code: string): Promise<void> => {
  const tokens = await request("POST /api/v1/auth/jwt/create/", { body: { email, otp_code: code } });
  session = { tokens, madeAt: Date.now() };
};

/** Forgets the tokens first, so that the page is signed out even if the request fails. */
export const signOut = async (): Promise<void> => {
  const refresh = session?.tokens.refresh;
  session = undefined;
  if (refresh) await request("POST /api/v1/auth/jwt/logout/", { body: { refresh } }).catch(() => undefined);
};

const fetchTokens = async (used: Session) => {
  const tokens = await request("POST /api/v1/auth/jwt/refresh/", { body: { refresh: used.tokens.refresh } });
  if (session === used) session = { tokens, madeAt: Date.now() };
};

/** Concurrent requests share one renewal, and a later one finds that the session has changed. */
const renew = async (used: Session) => {
  if (session !== used) return;
  renewing ??= fetchTokens(used).finally(() => {
    renewing = undefined;
  });
  await renewing;
};

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
