// Tabs of one browser on the fake service: one store, news between them, and pages that die.
// A dead tab learns nothing more: its store, its network and its channel stay silent.
import { AsyncLocalStorage } from "node:async_hooks";
import { vi } from "vitest";
import { createClient, type Client, type Storage } from "../../../client/create-client.ts";
import { baseUrl } from "./client-worlds.ts";
import { claimsOf, emailOf, FakeService, goodCode, refusal, type Call } from "./fake-service.ts";
import { WebStore } from "./test-stores.ts";

type Tab = { client: Client; diedAt?: number; listeners: { type: string; hear: () => void }[] };
/** Which tab works, and for which call. `people` may act in it: those signed in since it began. */
type Work = { tab: Tab; people?: Set<string>; first?: string; carried?: string[] };
type Result = { data: unknown; error: { code: string } | null };

const never = new Promise<never>(() => {});
const wait = (milliseconds: number) => new Promise((resolve) => setTimeout(resolve, milliseconds));
const person = (token: string) => claimsOf(token).sub;

export class TabWorld {
  readonly service = new FakeService();
  readonly store = new WebStore();
  readonly faults: string[] = [];
  isOnline = true;
  answersToLose = 0;
  requestsToRefuse = 0;
  readonly #works = new AsyncLocalStorage<Work>();
  readonly #open = new Set<Set<string>>();
  /** Sessions of completed sign-outs, and when each completed. */
  readonly #left = new Map<string, { at: number; isEnded: boolean }>();
  /** Who got a refresh token, and when. */
  readonly #delivered = new Map<string, { tab: Tab; at: number }>();
  readonly channels = new Set<{ tab: Tab; hear: (data: unknown) => void }>();
  readonly tabs: Tab[] = [];
  readonly #isSlow: boolean;
  #seed: number;

  constructor(tabs: number, isSlow: boolean, seed: number) {
    this.#isSlow = isSlow;
    this.#seed = seed + 1;
    this.#stub();
    for (let count = 0; count < tabs; count += 1) this.openTab(count);
  }

  #random(below: number): number {
    this.#seed = (this.#seed * 48_271) % 2_147_483_647;
    return this.#seed % below;
  }

  #work(): Work {
    const work = this.#works.getStore();
    if (!work) throw new Error("work of no tab");
    return work;
  }

  #stub(): void {
    const soon = (tab: Tab, hear: () => void) =>
      setTimeout(
        () => {
          if (!tab.diedAt) this.#works.run({ tab }, hear);
        },
        1 + this.#random(4),
      );
    const open = (channel: Channel) => {
      const { tab } = this.#work();
      this.channels.add({
        tab,
        hear: (data) => channel.dispatchEvent(new MessageEvent("message", { data })),
      });
      return tab;
    };
    const post = (from: Tab, data: unknown) => {
      if (/unsigned/.test(JSON.stringify(data))) this.faults.push("news carry a token");
      for (const { tab, hear } of this.channels)
        if (tab !== from && !from.diedAt) soon(tab, () => hear(structuredClone(data)));
    };
    class Channel extends EventTarget {
      readonly tab = open(this);
      postMessage = (data: unknown) => post(this.tab, data);
    }
    vi.stubGlobal("BroadcastChannel", Channel);
    vi.stubGlobal("document", {});
    vi.stubGlobal("addEventListener", (type: string, hear: () => void) =>
      this.#work().tab.listeners.push({ type, hear }),
    );
    vi.stubGlobal("fetch", this.service.fetch);
    vi.spyOn(Math, "random").mockImplementation(() => this.#random(1000) / 1000);
    this.service.everyRequest = (act, call) => this.#serve(act, call, this.#work());
    const { setItem, removeItem } = this.store;
    const tell = (from: Tab) => {
      for (const tab of this.tabs)
        if (tab !== from) for (const { type, hear } of tab.listeners) if (type === "storage") soon(tab, hear);
    };
    this.store.setItem = (name, value) => {
      setItem(name, value);
      const { refresh } = JSON.parse(value);
      if (refresh) for (const people of this.#open) people.add(person(refresh));
      tell(this.#work().tab);
    };
    this.store.removeItem = (name) => {
      removeItem(name);
      tell(this.#work().tab);
    };
  }

  #storageOf(tab: Tab): Storage {
    const access = <R>(work: () => R): R | Promise<R> => {
      if (tab.diedAt) return never;
      if (!this.#isSlow) return work();
      return wait(this.#random(6)).then(async () => {
        if (tab.diedAt) return never;
        const result = work();
        await wait(this.#random(6));
        return result;
      });
    };
    return {
      isShared: true,
      get: (name) => access(() => this.store.getItem(name)),
      set: (name, value) =>
        access(() => (value === null ? this.store.removeItem(name) : this.store.setItem(name, value))),
    };
  }

  async #serve(act: () => Response, call: Call, work: Work): Promise<Response> {
    const { tab } = work;
    if (tab.diedAt) return never;
    this.#judge(call, work);
    if (!this.isOnline) throw new TypeError("offline");
    await wait(1 + this.#random(20));
    if (this.requestsToRefuse > 0) {
      this.requestsToRefuse -= 1;
      return refusal("service_unavailable");
    }
    const replays = this.service.replays.length;
    const response = act();
    if (this.service.replays.length > replays) this.#judgeReplay(String(call.body?.["refresh"]));
    await wait(1 + this.#random(20));
    if (tab.diedAt) return never;
    if (!this.isOnline || this.answersToLose > 0) {
      this.answersToLose = Math.max(0, this.answersToLose - 1);
      throw new TypeError("lost");
    }
    const session = call.name === "refreshToken" ? this.service.sessions.get(call.sessionId ?? "") : null;
    if (session && response.ok)
      this.#delivered.set(session.refreshTokens.at(-1) ?? "", { tab, at: performance.now() });
    return response;
  }

  #judge({ name, userId, sessionId }: Call, work: Work): void {
    if (name === "logout") work.carried?.push(sessionId ?? "");
    if (!work.people || name === "logout" || userId === undefined) return;
    if (!work.people.has(userId)) this.faults.push(`${name} carried the token of ${userId}`);
    if (name !== "refreshToken" && (work.first ??= userId) !== userId)
      this.faults.push(`${name} was repeated as ${userId}`);
  }

  /** Only answers that no tab could store excuse the late use of a replaced token. */
  #judgeReplay(refresh: string): void {
    const { refreshTokens = [] } = this.service.sessions.get(claimsOf(refresh).sid) ?? {};
    const later = refreshTokens.slice(refreshTokens.indexOf(refresh) + 1);
    for (const token of later) {
      const { tab, at } = this.#delivered.get(token) ?? {};
      if (tab && at && (tab.diedAt ?? Infinity) - at > 100)
        this.faults.push("a session was lost although a tab had its new token");
    }
  }

  openTab(place: number): void {
    const tab = { listeners: [] } as unknown as Tab;
    this.tabs[place] = tab;
    this.#works.run({ tab }, () => {
      tab.client = createClient({ baseUrl, storage: this.#storageOf(tab) });
    });
  }

  closeTab(place: number): void {
    const at = place % this.tabs.length;
    const tab = this.tabs[at];
    if (tab) tab.diedAt = performance.now();
    this.openTab(at);
  }

  storedToken(): string | undefined {
    return JSON.parse(this.store.session ?? "{}").refresh;
  }

  /** Calls without waiting. Returns the result, which a dead tab never has. */
  call(place: number, ask: (client: Client) => Promise<unknown>, isSignOut = false): Promise<Result> {
    const tab = this.tabs[place % this.tabs.length];
    if (!tab) throw new Error("no tab");
    const token = this.storedToken();
    const people = new Set(token === undefined ? [] : [person(token)]);
    this.#open.add(people);
    const work: Work = { tab, people, carried: [] };
    const result = this.#works.run(work, () => ask(tab.client)) as Promise<Result>;
    void this.#judgeResult(result, () => {
      this.#open.delete(people);
      const at = performance.now();
      return isSignOut ? (work.carried ?? []).map((id) => [id, at] as const) : [];
    });
    return result;
  }

  async #judgeResult(result: Promise<Result>, left: () => (readonly [string, number])[]): Promise<void> {
    try {
      const { data, error } = await result;
      if (error ? data !== null : data === null) this.faults.push("a result has both or neither");
      for (const [id, at] of left()) this.#left.set(id, { at, isEnded: error === null });
    } catch (error) {
      this.faults.push(`a call was rejected with ${String(error)}`);
    }
  }

  signIn = (place: number, who: string) =>
    this.call(place, (client) => client.createToken({ email: emailOf(who), otp_code: goodCode }));
  signOut = (place: number) => this.call(place, (client) => client.signOut(), true);

  /** A thief uses a refresh token that was replaced longer ago than the grace period. */
  replay(): void {
    const refresh = this.storedToken();
    const session = refresh && this.service.sessions.get(claimsOf(refresh).sid);
    if (!session || this.service.now() - (session.rotatedAt ?? Infinity) < 30) return;
    const [stolen] = session.refreshTokens;
    if (stolen !== refresh) this.service.rotate(stolen ?? "");
  }

  look(): void {
    for (const tab of this.tabs)
      for (const { type, hear } of tab.listeners)
        if (type === "visibilitychange") this.#works.run({ tab }, hear);
  }

  /** What holds whenever no news are on their way. */
  judge(): string[] {
    const { sid } = claimsOf(this.storedToken() ?? "");
    const past = performance.now() - 500;
    for (const [id, { at, isEnded }] of this.#left) {
      if (at > past) continue;
      if (sid === id) this.faults.push("a token came back after the sign-out");
      if (isEnded && !this.service.sessions.get(id)?.endedBy)
        this.faults.push("a session lives on after its sign-out");
    }
    return this.faults;
  }
}
