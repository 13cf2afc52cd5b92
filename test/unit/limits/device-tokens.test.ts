import { createHmac } from "node:crypto";
import fc from "fast-check";
import { beforeEach, describe, expect, it, vi } from "vitest";
import { deviceTokenLifetimeSeconds, deviceTokens } from "../../../shared/limits/device-tokens.ts";
import { fakeClock } from "../../support/store/fake-clock.ts";
import { proxyEvent } from "../../support/calls/proxy-event.ts";
import { deviceTokenHeaders, sentDeviceToken } from "../../../shared/http/device-cookie.ts";

const vouchWith =
  (secret: string) =>
  async (...parts: [string, string, number]) =>
    createHmac("sha256", secret).update(parts.join("\0")).digest("base64url");
const known = (clock = fakeClock()) => deviceTokens(clock.now, vouchWith("ours"));

describe("a device token", () => {
  it("vouches for its own address, for a year from its issue and no longer [ASVS 9.2.1, 9.2.2]", async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.string({ minLength: 1 }),
        fc.string({ minLength: 1 }),
        fc.integer({ min: 0, max: 2 * deviceTokenLifetimeSeconds }),
        async (address, other, age) => {
          fc.pre(address !== other);
          const clock = fakeClock();
          const tokens = known(clock);
          const token = await tokens.issue(address);
          clock.pass(age);
          const found = await tokens.verify(token, address);
          expect(found === undefined).toBe(age >= deviceTokenLifetimeSeconds);
          expect(found ?? token.slice(0, 22)).toBe(token.slice(0, 22));
          expect(await tokens.verify(token, other)).toBeUndefined();
        },
      ),
    );
  });

  it("is refused with any character changed, left out or added [ASVS 9.1.1]", async () => {
    const tokens = known();
    const character = fc.constantFrom(
      ..."ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_. \n=+/",
    );
    await fc.assert(
      fc.asyncProperty(
        fc.nat(200),
        character,
        fc.constantFrom(0, 1),
        fc.boolean(),
        async (at, char, cut, puts) => {
          const token = await tokens.issue("address");
          const place = at % (token.length + 1);
          const changed = `${token.slice(0, place)}${puts ? char : ""}${token.slice(place + cut)}`;
          fc.pre(changed !== token);
          expect(await tokens.verify(changed, "address")).toBeUndefined();
        },
      ),
      { numRuns: 500 },
    );
  });

  it("is refused if another secret made it, if it claims another time of issue, and if there is none", async () => {
    const tokens = known();
    expect(
      await tokens.verify(await deviceTokens(undefined, vouchWith("theirs")).issue("address"), "address"),
    ).toBeUndefined();
    const [deviceId, issuedAt, mac] = (await tokens.issue("address")).split(".");
    for (const claimed of [`0${issuedAt}`, `${Number(issuedAt) + 1}`, `${issuedAt}0`, "0", "1e9"])
      expect(await tokens.verify([deviceId, claimed, mac].join("."), "address")).toBeUndefined();
    for (const none of [undefined, "", "..", "x".repeat(10_000)])
      expect(await tokens.verify(none, "address")).toBeUndefined();
  });

  it("names a new device each time", async () => {
    const tokens = known();
    const made = await Promise.all(Array.from({ length: 100 }, () => tokens.issue("address")));
    expect(new Set(made.map((token) => token.split(".")[0])).size).toBe(100);
  });
});

describe("on the wire", () => {
  const sent = (headers: Record<string, string>) => sentDeviceToken(proxyEvent({ headers }));
  beforeEach(() => vi.stubEnv("PUBLIC_URL", "https://auth.example"));

  it("is a cookie of this very host that no script reads and no other site sends, and a header", () => {
    expect(deviceTokenHeaders({ deviceToken: "a.1.b" })).toEqual({
      "x-device-token": "a.1.b",
      "set-cookie": "__Host-lit-device=a.1.b; Max-Age=31536000; Path=/; HttpOnly; SameSite=Strict; Secure",
    });
  });

  it("has a plain name over plain HTTP, where browsers take no other", () => {
    vi.stubEnv("PUBLIC_URL", "http://127.0.0.1:8000");
    expect(deviceTokenHeaders({ deviceToken: "a.1.b" })["set-cookie"]).toBe(
      "lit-device=a.1.b; Max-Age=31536000; Path=/; HttpOnly; SameSite=Strict",
    );
    expect(sent({ cookie: "lit-device=plain" })).toBe("plain");
  });

  it("is found among other cookies, in a header of any spelling, and the header is asked first", () => {
    expect(sent({ Cookie: "a=b; __Host-lit-device=x.1.y;c" })).toBe("x.1.y");
    expect(sent({ "x-DEVICE-token": "h", Cookie: "__Host-lit-device=c" })).toBe("h");
    expect(sent({ "X-Device-Token": "", Cookie: "__Host-lit-device=c" })).toBe("c");
    expect(sent({ Cookie: "x__Host-lit-device=c; lit-device=planted" })).toBeUndefined();
    expect(sent({})).toBeUndefined();
  });

  it("costs no more than a look at a cookie header that is as long as the gateway lets it be", () => {
    // Noise only ever adds: the quickest of five counts.
    const times = Array.from({ length: 5 }, () => {
      const started = performance.now();
      for (const filler of ["; ", "=", "__Host-lit-device", "a=b; "])
        expect(sent({ Cookie: filler.repeat(10_240 / filler.length) })).toBeUndefined();
      return performance.now() - started;
    });
    expect(Math.min(...times)).toBeLessThan(100);
  });
});
