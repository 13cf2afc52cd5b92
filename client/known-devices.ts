// Device tokens, a few of the newest, under salted hashes of addresses: on shared computers, the
// store must not tell who else has signed in. Runtimes without `crypto.subtle` keep none.
import type { Storage } from "./storage.ts";

type Kept = { salt: string; tokens: [device: string, token: string][] };

const mostDevices = 5;

export const knownDevices = (storage: Storage, name: string) => {
  const read = async (): Promise<Kept> => {
    try {
      const kept = JSON.parse((await storage.get(name)) ?? "");
      if (kept.tokens[0][0]) return kept;
    } catch {
      // Nothing is stored yet, or something else.
    }
    return { salt: crypto.randomUUID(), tokens: [] };
  };

  const deviceOf = async (email: string, { salt }: Kept): Promise<string> => {
    const text = new TextEncoder().encode(salt + email.trim().toLowerCase());
    const digest = await crypto.subtle.digest("SHA-256", text);
    return btoa(String.fromCharCode(...new Uint8Array(digest)));
  };

  return {
    /** Returns the token of this address, if there is one. */
    find: async (email: string): Promise<string | undefined> => {
      const kept = await read();
      const device = await deviceOf(email, kept);
      return kept.tokens.find(([of]) => of === device)?.[1];
    },
    /** Keeps the token of an address, or of a device that was returned before. */
    keep: async (token: string, email: unknown, known = ""): Promise<string> => {
      const kept = await read();
      const device = typeof email === "string" ? await deviceOf(email, kept) : known;
      const others = kept.tokens.filter(([of]) => of !== device);
      const tokens = [[device, token], ...others].slice(0, mostDevices);
      await storage.set?.(name, JSON.stringify({ ...kept, tokens }));
      return device;
    },
  };
};
