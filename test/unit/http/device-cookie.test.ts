import { beforeEach, describe, expect, it, vi } from "vitest";
import { deviceTokenHeaders, sentDeviceToken } from "../../../shared/http/device-cookie.ts";
import { proxyEvent } from "../../support/calls/proxy-event.ts";

describe("device cookie", () => {
  const sent = (headers: Record<string, string>) => sentDeviceToken(proxyEvent({ headers }));
  beforeEach(() => vi.stubEnv("PUBLIC_URL", "https://auth.example"));

  it("is HttpOnly, host-only and SameSite=Strict, and repeated in a header", () => {
    expect(deviceTokenHeaders({ deviceToken: "a.1.b" })).toEqual({
      "x-device-token": "a.1.b",
      "set-cookie": "__Host-lit-device=a.1.b; Max-Age=31536000; Path=/; HttpOnly; SameSite=Strict; Secure",
    });
  });

  it("has no __Host- prefix over plain HTTP, where browsers refuse it", () => {
    vi.stubEnv("PUBLIC_URL", "http://127.0.0.1:8000");
    expect(deviceTokenHeaders({ deviceToken: "a.1.b" })["set-cookie"]).toBe(
      "lit-device=a.1.b; Max-Age=31536000; Path=/; HttpOnly; SameSite=Strict",
    );
    expect(sent({ cookie: "lit-device=plain" })).toBe("plain");
  });

  it("is found among other cookies, unless the header holds a token", () => {
    expect(sent({ Cookie: "a=b; __Host-lit-device=x.1.y;c" })).toBe("x.1.y");
    expect(sent({ "x-DEVICE-token": "h", Cookie: "__Host-lit-device=c" })).toBe("h");
    expect(sent({ "X-Device-Token": " h\t" })).toBe("h");
    expect(sent({ "X-Device-Token": " ", Cookie: "__Host-lit-device=c" })).toBe("c");
    expect(sent({ Cookie: "x__Host-lit-device=c; lit-device=planted" })).toBeUndefined();
    expect(sent({})).toBeUndefined();
  });

  it("is parsed quickly even in the longest header the gateway accepts", () => {
    // Noise only adds, so the quickest of five runs counts.
    const times = Array.from({ length: 5 }, () => {
      const started = performance.now();
      for (const filler of ["; ", "=", "__Host-lit-device", "a=b; "])
        expect(sent({ Cookie: filler.repeat(10_240 / filler.length) })).toBeUndefined();
      return performance.now() - started;
    });
    expect(Math.min(...times)).toBeLessThan(100);
  });
});
