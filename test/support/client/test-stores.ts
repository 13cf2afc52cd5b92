// Stores of clients: shared ones, slow ones, and ones that fail or stop.
import type { Storage } from "../../../client/create-client.ts";

export class WebStore {
  readonly texts = new Map<string, string>();
  getItem = (name: string): string | null => this.texts.get(name) ?? null;
  setItem = (name: string, value: string): void => void this.texts.set(name, value);
  removeItem = (name: string): void => void this.texts.delete(name);
  /** The stored text of the session. */
  get session(): string | undefined {
    return [...this.texts].find(([name]) => !name.endsWith("-devices"))?.[1];
  }
  set session(text: string) {
    const name = [...this.texts.keys()].find((name) => !name.endsWith("-devices"));
    if (!name) throw new Error("there is no session");
    this.texts.set(name, text);
  }
  get devices(): string | undefined {
    return [...this.texts].find(([name]) => name.endsWith("-devices"))?.[1];
  }
  /** Everything that it holds, to look for what it must not hold. */
  toString(): string {
    return JSON.stringify([...this.texts]);
  }
}

const wait = (milliseconds: number) => new Promise((resolve) => setTimeout(resolve, milliseconds));

/** What AsyncStorage looks like. Each access waits before and after it is done. */
export const slowly = (store: WebStore, latency: () => number) => {
  const slow = async <Result>(work: () => Result): Promise<Result> => {
    await wait(latency());
    const result = work();
    await wait(latency());
    return result;
  };
  return {
    getItem: (name: string) => slow(() => store.getItem(name)),
    setItem: (name: string, value: string) => slow(() => store.setItem(name, value)),
    removeItem: (name: string) => slow(() => store.removeItem(name)),
  };
};

/** A storage that fails in the given way. */
export const failing = (get: () => never, set: () => never): Storage => ({ get, set });
