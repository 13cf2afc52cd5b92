// The page holds an access token, in memory only. What renews it is in a cookie that no script can
// read, so a script that gets into the page can take nothing that lasts.
import { HttpError } from "ra-core";
import { request, type AnswerOf, type RequestOf, type Route } from "./api.ts";

/** A session that is over stays until the page has said so and signs out. */
type Session = { access: string; madeAt: number; isOver?: true };

/** Well below the 30 minutes without a renewal after which the server ends a staff session. */
const freshMilliseconds = 5 * 60 * 1000;

let session: Session | undefined;
let opening: Promise<void> | undefined;

// Tells other tabs, and this one after a reload if the sign-out has not reached the server. It
// holds no token.
const unfinishedSignOut = "lit-signing-out";

const open = async (body: RequestOf<"POST /api/v1/admin/session/">["body"]): Promise<Session> => {
  const { access } = await request("POST /api/v1/admin/session/", { body });
  return { access, madeAt: Date.now() };
};

const hasEnded = (error: unknown): boolean =>
  error instanceof HttpError && (error.status === 401 || error.status === 403);

const goOnFrom = async (used: Session | undefined): Promise<void> => {
  try {
    const renewed = await open({});
    if (session === used) session = renewed;
  } catch (error) {
    if (hasEnded(error) && used) used.isOver = true;
    throw error;
  }
};

/** Concurrent requests share one renewal, and a later one finds that the session has changed. */
const renew = async (used: Session | undefined): Promise<void> => {
  if (session !== used) return;
  opening ??= goOnFrom(used).finally(() => {
    opening = undefined;
  });
  await opening;
};

const closeOnServer = async (): Promise<void> => {
  localStorage.setItem(unfinishedSignOut, "yes");
  await request("DELETE /api/v1/admin/session/", {}).catch((error: unknown) => {
    if (!hasEnded(error)) throw error;
  });
  localStorage.removeItem(unfinishedSignOut);
};

const firstAttempt = async (): Promise<void> => {
  if (localStorage.getItem(unfinishedSignOut)) await closeOnServer();
  else await renew(undefined);
};
let continued: Promise<void> | undefined;

/** True if this tab is signed in, or can go on with the session of the cookie. Asks once. */
export const isSignedIn = async (): Promise<boolean> => {
  if (session === undefined) await (continued ??= firstAttempt().catch(() => undefined));
  return session !== undefined;
};

export const signIn = async (email: string, code: string): Promise<void> => {
  session = await open({ email, otp_code: code });
  localStorage.removeItem(unfinishedSignOut);
};

/** Forgets the token first, so that the page is signed out even if the request fails. */
export const signOut = async (): Promise<void> => {
  const left = session;
  session = undefined;
  if (left === undefined || left.isOver) return;
  await closeOnServer().catch(() => undefined);
};

/** A reload also forgets the people that the page has read. */
window.addEventListener("storage", ({ key, newValue }) => {
  if (key !== unfinishedSignOut || newValue === null || session === undefined) return;
  session = undefined;
  history.replaceState(null, "", location.pathname);
  location.reload();
});

export const signedRequest = async <R extends Route>(route: R, sent: RequestOf<R>): Promise<AnswerOf<R>> => {
  // If this fails, the access token may still be valid.
  if (session && Date.now() - session.madeAt > freshMilliseconds) await renew(session).catch(() => undefined);
  const used = session;
  try {
    return await request(route, sent, used?.access);
  } catch (error) {
    const isExpired = error instanceof HttpError && error.body?.code === "token_not_valid";
    if (!isExpired || !used) throw error;
    await renew(used);
    return request(route, sent, session?.access);
  }
};
