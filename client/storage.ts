type Awaitable<Value> = Value | Promise<Value>;

/** Where a client keeps its session and device tokens: texts under a few names. */
export type Storage = {
  get: (name: string) => Awaitable<string | null | undefined>;
  /** `null` removes. Without this function, the client renews nothing. */
  set?: ((name: string, value: string | null) => Awaitable<unknown>) | undefined;
  /** True if other tabs see the same texts. */
  isShared?: boolean;
};

/** Forgets everything with the page. Scripts that get into the page find no token in a store. */
export const memoryStorage = (): Storage => {
  const texts = new Map<string, string | null>();
  return { get: (name) => texts.get(name), set: (name, value) => texts.set(name, value) };
};

/** What `localStorage` and React Native's AsyncStorage have. */
type WebStorage = {
  getItem: (name: string) => Awaitable<string | null>;
  setItem: (name: string, value: string) => Awaitable<unknown>;
  removeItem: (name: string) => Awaitable<unknown>;
};

/**
 * Lasts over reloads and is shared by tabs. Any script of the page can read it. A function that
 * returns the store also serves where naming it throws: on servers, and if a browser blocks it.
 */
export const webStorage = (store: WebStorage | (() => WebStorage)): Storage => {
  const here = () => (typeof store === "function" ? store() : store);
  return {
    get: (name) => here().getItem(name),
    set: (name, value) => (value === null ? here().removeItem(name) : here().setItem(name, value)),
    isShared: true,
  };
};

/** As the `cookie` package and frameworks name them. `maxAge` is in seconds, and 0 removes. */
export type CookieAttributes = {
  httpOnly: true;
  secure: true;
  sameSite: "lax";
  path: "/";
  maxAge: number;
};

type Cookies = {
  /** Returns the value of the request or, if `set` was called meanwhile, the one that was set. */
  get: (name: string) => Awaitable<string | null | undefined>;
  set?: ((name: string, value: string, attributes: CookieAttributes) => Awaitable<unknown>) | undefined;
};

const longestCookieSeconds = 30 * 24 * 60 * 60;

/** For server rendering: the cookies of one request, and of its response if it can set some. */
export const cookieStorage = ({ get, set }: Cookies): Storage => ({
  get: async (name) => decodeURIComponent((await get(name)) ?? ""),
  set:
    set &&
    ((name, value) =>
      set(name, encodeURIComponent(value ?? ""), {
        httpOnly: true,
        secure: true,
        sameSite: "lax",
        path: "/",
        maxAge: value === null ? 0 : longestCookieSeconds,
      })),
});
