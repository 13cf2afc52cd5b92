import { createHmac } from "node:crypto";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { deviceTokenLifetimeSeconds, deviceTokens } from "../../../shared/limits/device-tokens.ts";
import { fakeClock } from "../../support/store/fake-clock.ts";

const vouchWith =
  (secret: string) =>
  async (...parts: [string, string, number]) =>
    createHmac("sha256", secret).update(parts.join("\0")).digest("base64url");
const known = (clock = fakeClock()) => deviceTokens(clock.now, vouchWith("ours"));

describe("device token", () => {
  it("is valid for its own address for one year [ASVS 9.2.1, 9.2.2]", async () => {
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

  it("is refused with any character changed, removed or added [ASVS 9.1.1]", async () => {
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

  it("is refused if forged, given another time of issue, or missing", async () => {
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

  it("identifies a new device at each issue", async () => {
    const tokens = known();
    const made = await Promise.all(Array.from({ length: 100 }, () => tokens.issue("address")));
    expect(new Set(made.map((token) => token.split(".")[0])).size).toBe(100);
  });
});
