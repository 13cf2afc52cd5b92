// Device tokens, a few of the newest, under salted hashes of addresses: on shared computers, the
// store must not tell who else has signed in. Runtimes without `crypto.subtle` keep none.
import type { Storage } from "./storage.ts";

type Kept = { salt: string; tokens: Record<string, string> };

const mostDevices = 5;

export const knownDevices = (storage: Storage, name: string) => {
  const read = async (): Promise<Kept> => {
    try {
      const { salt, tokens } = JSON.parse((await storage.get(name)) ?? "");
      return { salt, tokens: { ...tokens } };
    } catch {
      return { salt: crypto.randomUUID(), tokens: {} };
    }
  };

  /** Finds the token of an address, or keeps one. A device that was returned before names it, too. */
  return async (
    email: unknown,
    token?: string,
    known = "",
  ): Promise<{ device?: string; token?: string | undefined }> => {
    try {
      const { salt, tokens } = await read();
      let device = known;
      if (typeof email === "string") {
        const text = new TextEncoder().encode(salt + email.trim().toLowerCase());
        device = new Uint8Array(await crypto.subtle.digest("SHA-256", text)).join("");
      }
      if (!token || !device) return { token: tokens[device] };
      delete tokens[device];
      const newest = Object.entries({ [device]: token, ...tokens }).slice(0, mostDevices);
      await storage.set?.(name, JSON.stringify({ salt, tokens: Object.fromEntries(newest) }));
      return { device };
    } catch {
      return {};
    }
  };
};
