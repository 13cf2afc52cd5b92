// Tabs of one browser profile that show the front end, and what leaves them.
import type { Browser, Page } from "playwright-core";
import type { Operations } from "../../../client/operations.ts";
import { eventually } from "../assert/eventually.ts";
import type { ClientSite } from "./client-site.ts";

export type Pair = { access: string; refresh: string };
type Failure = { code: string; status: number; retryAfterSeconds?: number; requestId?: string };
type Snapshot = { status: string; userId?: string; sessionId?: string; reason?: string };
type Method = (...given: unknown[]) => Promise<{ data: unknown; error: Failure | null }>;
/** What the page's script puts into its window. */
export type InPage = {
  client: Record<string, Method> & { getSnapshot: () => Snapshot };
  changes: Snapshot[];
  localStorage: Record<string, string>;
};

/** Chromium can report a request after its answer: tests that count some must poll. */
export const openProfile = async (browser: Browser, site: ClientSite) => {
  const context = await browser.newContext();
  context.setDefaultTimeout(60_000);
  const sent: { page: Page; url: string; path: string; headers: Record<string, string>; body: string }[] = [];

  const open = async (query = ""): Promise<Page> => {
    const page = await context.newPage();
    page.on("request", (request) => {
      if (request.method() === "OPTIONS") return;
      const [url, headers, body] = [request.url(), request.headers(), request.postData() ?? ""];
      const path = new URL(url).pathname.replace("/api/v1/auth", "");
      sent.push({ page, url, path, headers, body });
    });
    await page.goto(`${site.url}/${query}`);
    return page;
  };

  return {
    context,
    sent,
    open,
    openMany: (count: number, query = "") => Promise.all(Array.from({ length: count }, () => open(query))),
    sentTo: (path: string, by?: Page) =>
      sent.filter((request) => request.path === path && (by === undefined || request.page === by)),
    /** Sets the clock of the device, to a time relative to the right one. */
    setClock: (seconds: number) => context.clock.setSystemTime(Date.now() + seconds * 1000),
  };
};
export type Profile = Awaited<ReturnType<typeof openProfile>>;

/** Calls a method of the page's client. */
export const callOn = (
  page: Page,
  method: keyof Operations | "signOut" | "getAccessToken",
  sent?: unknown,
): Promise<{ data: unknown; code: string | null } & Partial<Omit<Failure, "code">>> =>
  page.evaluate(
    async ([method, sent]) => {
      const { client } = globalThis as unknown as InPage;
      const { data, error } = await client[method]!(sent);
      return { data, code: null, ...error };
    },
    [method, sent] as const,
  );

export const snapshotOf = (page: Page) =>
  page.evaluate(() => (globalThis as unknown as InPage).client.getSnapshot());

/** Returns all snapshots that the page's subscriber has been told of. */
export const changesOf = (page: Page) => page.evaluate(() => (globalThis as unknown as InPage).changes);

const isLike = (snapshot: Snapshot, wanted: Snapshot): boolean =>
  Object.entries({ reason: undefined, ...wanted }).every(
    ([name, value]) => snapshot[name as keyof Snapshot] === value,
  );

/** Waits until a tab shows this, and its subscriber has been told so if anything has changed. */
export const showing = (page: Page, wanted: Snapshot): Promise<true> =>
  eventually(
    JSON.stringify(wanted),
    async () => {
      const shown = await snapshotOf(page);
      const told = (await changesOf(page)).at(-1) ?? shown;
      return (isLike(shown, wanted) && isLike(told, wanted)) || undefined;
    },
    { deadlineSeconds: 20 },
  );

export const storedTexts = (page: Page): Promise<Record<string, string>> =>
  page.evaluate(() => ({ ...(globalThis as unknown as InPage).localStorage }));

export const storedSession = async (page: Page): Promise<Pair | undefined> =>
  Object.values(await storedTexts(page))
    .map((text): Pair => JSON.parse(text))
    .find(({ refresh }) => refresh !== undefined);

/** Signs in with tokens that exist already. Only the answer of `createToken` is made up. */
export const signInWith = (
  page: Page,
  { pair, email, deviceToken = "" }: { pair: Pair; email: string; deviceToken?: string },
): Promise<void> =>
  page.evaluate(
    async ([pair, email, deviceToken]) => {
      const real = globalThis.fetch;
      const headers = { "x-device-token": deviceToken };
      globalThis.fetch = async (url, options) =>
        url instanceof URL && url.pathname.endsWith("/jwt/create/")
          ? Response.json(pair, { status: 201, headers })
          : real(url, options);
      const { client } = globalThis as unknown as InPage;
      const { error } = await client["createToken"]!({ email, otp_code: "000000" });
      globalThis.fetch = real;
      if (error) throw new Error(error.code);
    },
    [pair, email, deviceToken] as const,
  );
