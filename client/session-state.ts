// What this tab knows of the session: the stored text, read again before each use, and news of
// other tabs, which hold no token. No lock is held anywhere, so no tab can leave one behind.
import type { TokenPair } from "./operations.ts";
import { memoryStorage, type Storage } from "./storage.ts";

export type Session = TokenPair & {
  id: string;
  userId: string;
  /** By the clock of this device. Only differences to it count, so a wrong clock does no harm. */
  receivedAt: number;
  lifetimeMilliseconds: number;
  /** Under which the device token of the account's address is kept. */
  device?: string | undefined;
};

/** Stored when the service has ended a session, so that each tab can say so. */
export const endedText = '{"reason":"session_ended"}';

/** Stays the same object while nothing changes, as `useSyncExternalStore` asks. */
export type Snapshot =
  | { readonly status: "unknown" }
  | { readonly status: "signed_in"; readonly userId: string; readonly sessionId: string }
  /** With a reason, the service ended the session. Without, people signed out or never in. */
  | { readonly status: "signed_out"; readonly reason?: "session_ended" };

/** What a store holds after a session. */
type Ending = typeof endedText | null;

/** Which session is over. Without it, a tab has signed in. */
type News = { id?: string; userId?: string; ending?: Ending };

/** Reads the token, which only the service can verify. */
export const sessionOf = ({ access, refresh }: TokenPair, device?: string): Session => {
  const payload = access.split(".")[1] ?? "";
  const { sub, sid, iat, exp } = JSON.parse(atob(payload.replace(/-/g, "+").replace(/_/g, "/")));
  return {
    access,
    refresh,
    id: sid,
    userId: sub,
    receivedAt: Date.now(),
    lifetimeMilliseconds: (exp - iat) * 1000,
    device,
  };
};

/** How long the access token still works. */
export const remainingMilliseconds = ({ receivedAt, lifetimeMilliseconds }: Session): number => {
  const age = Date.now() - receivedAt;
  // The age is negative if the clock was set back. Clocks of two tabs can differ a little.
  return age < -5000 ? 0 : lifetimeMilliseconds - age;
};

const parsed = (text: string | null | undefined): Session | null => {
  try {
    const session = JSON.parse(text ?? "");
    return session.refresh && session.access && session.userId ? session : null;
  } catch {
    return null;
  }
};

declare const document: unknown;
declare const addEventListener: (type: string, listener: () => void) => void;

export const sessionState = (given: Storage, name: string, onForeignSignOut: () => void) => {
  let storage = given;
  let session: Session | null = null;
  let snapshot: Snapshot = { status: "unknown" };
  /** What the snapshot is of: a session's id, or whether the last one was ended by the service. */
  let shown: string | boolean | undefined;
  let writing: Promise<unknown> = Promise.resolve();
  let writes = 0;
  /** Sessions that are over, even if a store still has them. */
  const endings = new Map<string | undefined, Ending>();
  const listeners = new Set<() => void>();
  const isBrowser = typeof document === "object";
  let channel: InstanceType<typeof BroadcastChannel> | undefined;
  try {
    if (isBrowser) channel = new BroadcastChannel(name);
  } catch {
    // Old browsers have none, and Firefox blocks it with the cookies.
  }

  const show = (text: string | null | undefined): void => {
    session = parsed(text);
    const key = session?.id ?? text === endedText;
    if (key === shown) return;
    shown = key;
    snapshot = session
      ? { status: "signed_in", userId: session.userId, sessionId: session.id }
      : { status: "signed_out", ...(key && { reason: "session_ended" }) };
    for (const listener of listeners) queueMicrotask(listener);
  };

  /** Later writes wait for earlier ones. */
  const store = (text: string | null): Promise<unknown> => {
    writes += 1;
    show(text);
    writing = writing
      .then(() => storage.set?.(name, text))
      // A store of a browser that fails is replaced. On a server, memory could outlive the request.
      .catch(() => isBrowser && (storage = memoryStorage()).set?.(name, text));
    return writing;
  };

  const adopt = (text: string | null | undefined): void => {
    const ending = endings.get(parsed(text)?.id);
    if (ending === undefined) show(text);
    else void store(ending);
  };

  /** Asks the store. What this tab has written meanwhile counts more. */
  const read = async (): Promise<Session | null> => {
    let before;
    let text;
    do {
      before = writes;
      await writing;
      try {
        text = await storage.get(name);
      } catch {
        if (!shown) show(null);
        return session;
      }
    } while (before !== writes);
    adopt(text);
    return session;
  };

  channel?.addEventListener("message", (event: object) => {
    const { id, userId, ending } = (event as { data: News }).data;
    if (id) endings.set(id, ending ?? null);
    // Tabs that share no store have sessions of their own.
    if (!storage.isShared && !ending && userId === session?.userId) onForeignSignOut();
    void read();
  });
  // News can arrive before the store shows what they tell. A page that comes back from sleep, or
  // from the browser's cache, may have missed some.
  if (isBrowser)
    for (const type of ["storage", "visibilitychange"]) addEventListener(type, () => void read());

  // The first rendering of a page need not wait, if its store answers at once.
  try {
    const first = storage.get(name);
    if (typeof first === "object" && first) first.then(read, read);
    else adopt(first);
  } catch {
    show(null);
  }

  return {
    canWrite: given.set !== undefined,
    /** False where cookies can only be read, and what a renewal answers would be lost. */
    tryToWrite: async (): Promise<boolean> => {
      try {
        await storage.set?.(`${name}-probe`, null);
        return true;
      } catch {
        return isBrowser;
      }
    },
    read,
    /** Writes nothing if another tab has replaced what this one knew `before`. */
    write: async (next: Session, before?: Session): Promise<void> => {
      if (before) await read();
      if (!before || session?.refresh === before.refresh) await store(JSON.stringify(next));
    },
    forget: ({ id, userId }: Session, ending: Ending = null, isNews = true) => {
      endings.set(id, ending);
      if (isNews) channel?.postMessage({ id, userId, ending } satisfies News);
      return session?.id === id ? store(ending) : writing;
    },
    /** Tells other tabs to look. */
    announce: () => channel?.postMessage({} satisfies News),
    getSnapshot: (): Snapshot => snapshot,
    subscribe: (listener: () => void) => {
      const tell = () => listener();
      listeners.add(tell);
      return () => void listeners.delete(tell);
    },
  };
};
