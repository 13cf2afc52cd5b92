import { randomUUID } from "node:crypto";
import fc from "fast-check";
import { beforeEach, describe, expect, it, vi } from "vitest";
import { deviceTokens } from "../../../shared/limits/device-tokens.ts";
import { limitStore } from "../../../shared/limits/limit-store.ts";
import { guessSubject } from "../../../shared/limits/guess-subject.ts";
import { farSeconds, fakeClock } from "../../support/store/fake-clock.ts";
import { codeGuess, devicesSubject } from "../../../shared/limits/guess-limits.ts";
import { runs } from "../../support/store/property-runs.ts";

const minute = 60;
const day = 86_400;
const networkMaximum = 7;
const allowPerNetwork = (maximum: number) => vi.stubEnv("TRIES_PER_NETWORK_PER_TEN_MINUTES", String(maximum));
beforeEach(() => {
  allowPerNetwork(networkMaximum);
});

const world = () => {
  const clock = fakeClock(farSeconds - (farSeconds % day));
  const vouch = async (...parts: [string, string, number]) =>
    Buffer.from(JSON.stringify(parts)).toString("base64url").padEnd(43, "_").slice(-43);
  const { issue, verify } = deviceTokens(clock.now, vouch, async () => "g1");
  const tokens = { issue: (addressKey: string) => issue(addressKey, "g1"), verify };
  return { clock, tokens, limits: limitStore(clock.now), address: randomUUID(), network: randomUUID() };
};
type World = ReturnType<typeof world>;

const guessFrom = async (
  { tokens, limits, address, network }: World,
  deviceToken: string | undefined,
): Promise<string> => {
  const call = { deviceToken, sourceIp: network };
  const deps = { deviceTokens: tokens, pseudonyms: { ofNetwork: async (sourceIp: string) => sourceIp } };
  const { subject, networkLimits } = await guessSubject(address, call, deps);
  return (await limits.spendAll([codeGuess("login", subject), ...networkLimits])).outcome;
};

describe("guess limits per subject and network", () => {
  it("agree with a model of devices, strangers and neighbours [ASVS 6.3.1]", async () => {
    const step = fc.oneof(
      fc.constantFrom("stranger" as const, "device" as const, "other device" as const, "neighbour" as const),
      fc.constantFrom("clear devices" as const, "clear address" as const),
      fc.integer({ min: 1, max: 20 }).map((minutes) => minutes * minute),
    );
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 40 }), async (path) => {
        const here = world();
        const elsewhere = { ...here, address: randomUUID() };
        const token = {
          device: await here.tokens.issue(here.address),
          "other device": await here.tokens.issue(here.address),
        };
        const spent: Record<string, number[]> = {};
        const open = (name: string, maximum: number, windowSeconds: number) =>
          (spent[name] ?? []).filter(
            (at) => Math.floor(at / windowSeconds) === Math.floor(here.clock.now() / windowSeconds),
          ).length < maximum;
        const mayGuess = (name: string) => open(name, 5, 5 * minute) && open(name, 20, day);
        const mayTry = () => open("network", networkMaximum, 10 * minute);
        for (const what of path) {
          if (typeof what === "number") here.clock.pass(what);
          else if (what === "clear devices" || what === "clear address") {
            const name = what === "clear devices" ? "devices" : "stranger";
            const subject = what === "clear devices" ? devicesSubject(here.address) : here.address;
            await here.limits.clear(codeGuess("login", subject).key);
            spent[name] = [];
          } else {
            const known = what === "device" || what === "other device";
            // All devices of an address share one sum.
            const counter = known ? "devices" : what;
            const allowed = mayGuess(counter) && (known || mayTry());
            const outcome = await guessFrom(
              what === "neighbour" ? elsewhere : here,
              known ? token[what] : undefined,
            );
            expect([what, outcome]).toEqual([what, allowed ? "allowed" : "exhausted"]);
            const counters = known ? [counter] : [counter, "network"];
            if (allowed) for (const name of counters) (spent[name] ??= []).push(here.clock.now());
          }
        }
      }),
      { numRuns: runs(12) },
    );
  });

  it("allow racing guesses exactly, per device and per address", async () => {
    allowPerNetwork(50);
    const here = world();
    const token = await here.tokens.issue(here.address);
    const outcomes = await Promise.all(
      Array.from({ length: 40 }, (_, index) => guessFrom(here, index % 2 === 0 ? token : undefined)),
    );
    for (const parity of [0, 1]) {
      const ofOne = outcomes.filter((_, index) => index % 2 === parity);
      expect(ofOne.filter((outcome) => outcome === "allowed")).toHaveLength(5);
    }
  });

  it("allow racing guesses per network exactly, without counting refused ones", async () => {
    const here = world();
    const everywhere = Array.from({ length: 20 }, () => ({ ...here, address: randomUUID() }));
    const outcomes = await Promise.all(everywhere.map((one) => guessFrom(one, undefined)));
    expect(outcomes.filter((outcome) => outcome === "allowed")).toHaveLength(networkMaximum);
    allowPerNetwork(1000);
    for (const [index, one] of everywhere.entries()) {
      if (outcomes[index] === "allowed") continue;
      const guesses = await Promise.all(Array.from({ length: 5 }, () => guessFrom(one, undefined)));
      expect(new Set(guesses)).toEqual(new Set(["allowed"]));
      break;
    }
  });

  it("stop stolen device tokens after 100 guesses together [ASVS 6.6.3]", async () => {
    const here = world();
    const stolen = await Promise.all(Array.from({ length: 6 }, () => here.tokens.issue(here.address)));
    let guesses = 0;
    for (let days = 0; days < 6; days += 1, here.clock.pass(day - 4 * 5 * minute))
      for (let windows = 0; windows < 4; windows += 1, here.clock.pass(5 * minute))
        for (let tries = 0; tries < 6; tries += 1)
          if ((await guessFrom(here, stolen[tries])) === "allowed") guesses += 1;
    expect(guesses).toBe(100);
    // The owner's new device is one of them too, until a reset clears the sum.
    expect(await guessFrom(here, await here.tokens.issue(here.address))).toBe("exhausted");
    expect(await guessFrom(here, undefined)).toBe("allowed");
  });
});
