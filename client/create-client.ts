// The client of LIT Auth for front ends.
import type { ErrorOf, Result, ResultOf } from "./auth-error.ts";
import { knownDevices } from "./known-devices.ts";
import type { Operations, TokenPair } from "./operations.ts";
import { routes } from "./routes.ts";
import { done, isFinal, sessionRenewal, unless } from "./renewal.ts";
import { send, unexpected, type Answer, type Sent } from "./send.ts";
import { endedText, sessionOf, sessionState, type Session, type Snapshot } from "./session-state.ts";
import { memoryStorage, type Storage } from "./storage.ts";

export { AuthError, type ClientCode, type ErrorOf, type Result, type ResultOf } from "./auth-error.ts";
export type * from "./operations.ts";
export type { Snapshot } from "./session-state.ts";
export { cookieStorage, memoryStorage, webStorage, type CookieAttributes, type Storage } from "./storage.ts";

export type CallOptions = { signal?: AbortSignal | undefined };

export type ClientOptions = {
  /** The API's address: the output `PublicUrl`, locally `http://127.0.0.1:8000`. */
  baseUrl: string;
  /** Where the session is kept. By default in memory, and only in browsers. */
  storage?: Storage | undefined;
};

type Method<Name extends keyof Operations, Sent = Operations[Name]["sent"]> = Sent extends undefined
  ? (options?: CallOptions) => Promise<ResultOf<Name>>
  : object extends Sent
    ? (sent?: Sent, options?: CallOptions) => Promise<ResultOf<Name>>
    : (sent: Sent, options?: CallOptions) => Promise<ResultOf<Name>>;

export type Client = { [Name in keyof Operations]: Method<Name> } & {
  /** Forgets the session at once, in all tabs, and then ends it at the service. */
  signOut: (options?: CallOptions) => Promise<ResultOf<"logout">>;
  /** Returns an access token for your own back end, and renews it first if it is about to end. */
  getAccessToken: (options?: CallOptions) => Promise<Result<string, ErrorOf<"getMe">>>;
  /** Calls the listener after each change of the snapshot. Returns what ends the subscription. */
  subscribe: (listener: () => void) => () => void;
  getSnapshot: () => Snapshot;
};

declare const document: unknown;

const loopback = /(^|\.)localhost$|^127\.[\d.]+$|^\[::1\]$/;

const baseOf = (baseUrl: string): string => {
  const { protocol, hostname, origin, pathname } = new URL(baseUrl);
  if (protocol !== "https:" && !(protocol === "http:" && loopback.test(hostname)))
    throw new TypeError("baseUrl must use https.");
  return origin + pathname.replace(/(\/api\/v1\/auth)?\/*$/, "");
};

export const createClient = ({ baseUrl, storage: given }: ClientOptions): Client => {
  if (!given && typeof document === "undefined") throw new TypeError("Outside browsers, give a storage.");
  const storage = given ?? memoryStorage();
  const base = baseOf(baseUrl);
  const key = `lit-auth-${base.replace(/[^\w.]+/g, "-")}`;
  const devices = knownDevices(storage, `${key}-devices`);
  const state = sessionState(storage, key, () => void signOut({}, false));
  const asUser = sessionRenewal(state, (refresh) => call("refreshToken", { refresh }));

  /** What an answer changes here. `session` is the one that was used. */
  const settle = async (name: keyof Operations, sent: Sent, session: Session | null, answer: Answer) => {
    const { error, deviceToken } = answer;
    const data = (answer.data ?? {}) as TokenPair & { email?: string };
    const { device } = deviceToken
      ? await devices(data.email ?? sent?.["email"], deviceToken, session?.device)
      : {};
    const stored = await state.read();
    if (name === "createToken" && !error) {
      await state.write(sessionOf(data, device));
      state.announce();
      // No one could use or end it any more.
      if (stored) void call("logout", { refresh: stored.refresh });
    }
    if (!stored) return;
    // Another tab may have renewed or signed out meanwhile.
    if (!error && stored.refresh === sent?.["refresh"])
      await (name === "refreshToken"
        ? state.write(sessionOf(data, stored.device), stored)
        : state.forget(stored));
    if (stored.id !== session?.id) return;
    if (name === "confirmEmail" && device) await state.write({ ...stored, device }, stored);
    if (isFinal(answer) && error?.code !== "token_not_valid") await state.forget(stored, endedText);
    if (!error && /^(deleteMe|endSession)$/.test(name) && (sent?.["id"] ?? stored.id) === stored.id)
      await state.forget(stored);
  };

  const call = async (name: keyof Operations, sent: Sent, signal?: AbortSignal): Promise<Answer> => {
    const route = routes[name];
    let session: Session | null = null;
    const { token: deviceToken } = route.endsWith("di") ? await devices(sent?.["email"]) : {};
    const ask = (used: Session | null) => {
      session = used;
      return send(base, route, sent, signal, used?.access, deviceToken);
    };
    const answer = await (route.includes(" u") ? asUser(ask, signal) : ask(null));
    try {
      await settle(name, sent, session, answer);
    } catch {
      return unexpected(200);
    }
    const { data, error } = answer;
    return { data, error } as Answer;
  };

  const signOut = async (options?: CallOptions, isNews = true): Promise<Answer> => {
    const left = await state.read();
    if (!left) return done;
    await state.forget(left, null, isNews);
    const answer = await unless(options?.signal, call("logout", { refresh: left.refresh }));
    return isFinal(answer) ? done : answer;
  };

  const getAccessToken = (options?: CallOptions) =>
    asUser(async ({ access }) => ({ data: access, error: null }), options?.signal);

  // A page that was left in the middle of a renewal leaves 30 seconds to ask for its answer again.
  if (typeof document === "object") void getAccessToken();

  const methods = Object.entries(routes).map(([name, route]) => [
    name,
    (...given: [Sent?, CallOptions?]) => {
      const takesInput = route.endsWith("i");
      const options: CallOptions | undefined = given[takesInput ? 1 : 0];
      return call(name as keyof Operations, takesInput ? (given[0] ?? {}) : undefined, options?.signal);
    },
  ]);
  return {
    ...Object.fromEntries(methods),
    signOut: (options?: CallOptions) => signOut(options),
    getAccessToken,
    subscribe: state.subscribe,
    getSnapshot: state.getSnapshot,
  } as Client;
};
