import { createHmac } from "node:crypto";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { deviceTokenLifetimeSeconds, deviceTokens } from "../../../shared/limits/device-tokens.ts";
import { fakeClock } from "../../support/store/fake-clock.ts";

const vouchWith =
  (secret: string) =>
  async (...parts: [string, string, number]) =>
    createHmac("sha256", secret).update(parts.join("\0")).digest("base64url");
const current = "g1";
const known = (
  clock = fakeClock(),
  generationOf: (key: string) => Promise<string | undefined> = async () => current,
) => deviceTokens(clock.now, vouchWith("ours"), generationOf);

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
          const token = await tokens.issue(address, current);
          clock.pass(age);
          expect(await tokens.verify(token, address)).toBe(age < deviceTokenLifetimeSeconds);
          expect(await tokens.verify(token, other)).toBe(false);
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
          const token = await tokens.issue("address", current);
          const place = at % (token.length + 1);
          const changed = `${token.slice(0, place)}${puts ? char : ""}${token.slice(place + cut)}`;
          fc.pre(changed !== token);
          expect(await tokens.verify(changed, "address")).toBe(false);
        },
      ),
      { numRuns: 500 },
    );
  });

  it("is refused if forged, given another time of issue, or missing", async () => {
    const tokens = known();
    const forged = await deviceTokens(undefined, vouchWith("theirs")).issue("address", current);
    expect(await tokens.verify(forged, "address")).toBe(false);
    const [deviceId, issuedAt, mac] = (await tokens.issue("address", current)).split(".");
    for (const claimed of [`0${issuedAt}`, `${Number(issuedAt) + 1}`, `${issuedAt}0`, "0", "1e9"])
      expect(await tokens.verify([deviceId, claimed, mac].join("."), "address")).toBe(false);
    for (const none of [undefined, "", "..", "...", "x".repeat(10_000)])
      expect(await tokens.verify(none, "address")).toBe(false);
  });

  it("ends with its generation, and can't claim another one", async () => {
    let stored: string | undefined = current;
    const tokens = known(fakeClock(), async () => stored);
    const token = await tokens.issue("address", current);
    expect(await tokens.verify(token, "address")).toBe(true);
    for (const other of ["g2", "0", "", undefined]) {
      stored = other;
      expect(await tokens.verify(token, "address")).toBe(false);
      const [otherId = "", ...rest] = (await tokens.issue("address", other ?? "")).split(".");
      const ownRest = token.split(".").slice(1);
      expect(await tokens.verify([otherId, ...ownRest].join("."), "address")).toBe(false);
      expect(await tokens.verify([otherId, ...rest].join("."), "address")).toBe(other !== undefined);
    }
  });

  it("costs a read only if its MAC is right", async () => {
    const reads: string[] = [];
    const clock = fakeClock();
    const tokens = known(clock, async (addressKey) => {
      reads.push(addressKey);
      return current;
    });
    const token = await tokens.issue("address", current);
    const [deviceId, issuedAt] = token.split(".");
    const forged = [deviceId, issuedAt, "A".repeat(43)].join(".");
    for (const other of [undefined, "", `${token}A`, forged]) await tokens.verify(other, "address");
    await tokens.verify(token, "other");
    clock.pass(deviceTokenLifetimeSeconds);
    await tokens.verify(token, "address");
    expect(reads).toEqual([]);
    clock.pass(-1);
    expect(await tokens.verify(token, "address")).toBe(true);
    expect(reads).toEqual(["address"]);
  });

  it("identifies a new device at each issue", async () => {
    const tokens = known();
    const made = await Promise.all(Array.from({ length: 100 }, () => tokens.issue("address", current)));
    expect(new Set(made.map((token) => token.split(".")[0])).size).toBe(100);
  });
});
