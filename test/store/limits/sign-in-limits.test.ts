// Passwords, codes and letters of sign-ins are counted in one item, but as if each had its own.
import { randomUUID } from "node:crypto";
import { DeleteCommand, GetCommand, PutCommand } from "@aws-sdk/lib-dynamodb";
import fc from "fast-check";
import { beforeEach, describe, expect, it, vi } from "vitest";
import type { Limit } from "../../../shared/limits/counters.ts";
import { codeGuess, wrongPassword } from "../../../shared/limits/guess-limits.ts";
import { signInLettersFor } from "../../../shared/limits/letter-limits.ts";
import { limitStore } from "../../../shared/limits/limit-store.ts";
import { documents } from "../../support/store/documents.ts";
import { fakeClock } from "../../support/store/fake-clock.ts";
import { runs } from "../../support/store/property-runs.ts";

const [minute, hour, day] = [60, 3600, 86_400];
const codeLifetimeSeconds = 600;
const lastDayOfRow = 364 * day + hour;

beforeEach(() => {
  vi.stubEnv("OTP_LIFETIME_SECONDS", String(codeLifetimeSeconds));
});

const world = () => {
  const clock = fakeClock();
  clock.pass(day - (clock.now() % day));
  const subject = randomUUID();
  const [password, code, letters] = [
    wrongPassword(subject),
    codeGuess("login", subject),
    signInLettersFor(subject),
  ];
  const place = { TableName: process.env["LIMITS_TABLE"], Key: { pk: `limit#${code.key}` } };
  const item = async () => (await documents().send(new GetCommand({ ...place, ConsistentRead: true }))).Item;
  /** Deletes the item as soon as DynamoDB may. */
  const expire = async () => {
    if (Number((await item())?.["expiresAt"] ?? Infinity) <= clock.now())
      await documents().send(new DeleteCommand(place));
  };
  return { clock, limits: limitStore(clock.now), password, code, letters, item, expire };
};

/** Counts each limit apart, and its row for a year. */
const model = (now: () => number) => {
  const counters = new Map<string, number>();
  let [row, rowUntil, allowedAt] = [0, 0, -Infinity];
  const names = ({ rules, refusal }: Limit) =>
    rules.flatMap(({ windowSeconds, maximum }) =>
      windowSeconds === undefined
        ? []
        : [{ name: `${refusal} ${windowSeconds} ${Math.floor(now() / windowSeconds)}`, maximum }],
    );
  const add = (limit: Limit, amount: number) => {
    for (const { name } of names(limit)) counters.set(name, (counters.get(name) ?? 0) + amount);
  };
  const endOldRow = (before = now()) => {
    if (rowUntil <= before) row = 0;
  };
  return {
    spend: (limit: Limit): boolean => {
      const hasRow = limit.rules.some(({ windowSeconds }) => windowSeconds === undefined);
      endOldRow();
      const open = names(limit).every(({ name, maximum }) => (counters.get(name) ?? 0) < maximum);
      const again = limit.allowedAgainAfterSeconds;
      const isAllowed =
        (open && !(hasRow && row >= 100)) || (again !== undefined && allowedAt <= now() - again);
      if (!isAllowed) return false;
      add(limit, 1);
      if (again !== undefined) allowedAt = now();
      if (hasRow) [row, rowUntil] = [row + 1, now() + 365 * day];
      else if (rowUntil < now() + day) endOldRow(rowUntil);
      return true;
    },
    giveBack: (limit: Limit) => {
      if (limit.allowedAgainAfterSeconds !== undefined) allowedAt = -Infinity;
      if (names(limit).every(({ name }) => (counters.get(name) ?? 0) > 0)) add(limit, -1);
    },
    endRow: () => {
      row = 0;
    },
    row: () => {
      endOldRow();
      return row;
    },
  };
};

describe("limits of a sign-in", () => {
  it("agree with a model that counts each apart [ASVS 6.3.1]", async () => {
    const step = fc.oneof(
      fc.constantFrom("wrong password", "right password", "wrong code", "right code", "reset"),
      fc.constantFrom(minute, 5 * minute, 10 * minute, hour, day, 200 * day, lastDayOfRow, 365 * day),
    );
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 30 }), async (path) => {
        const { clock, limits, password, code, letters, item, expire } = world();
        const expected = model(clock.now);
        const spend = async (limit: Limit, inPlaceOf?: Limit) => {
          const outcome = (await limits.spend(limit, inPlaceOf)).outcome === "allowed";
          if (inPlaceOf) expected.giveBack(inPlaceOf);
          expect(outcome).toBe(expected.spend(limit));
          return outcome;
        };
        for (const what of path) {
          if (typeof what === "number") {
            clock.pass(what);
            await expire();
          } else if (what === "reset") {
            await limits.endRow(code);
            expected.giveBack({ ...letters, rules: [] });
            expected.endRow();
          } else if (what.endsWith("password")) {
            if ((await spend(password)) && what === "right password") await spend(letters, password);
          } else if ((await spend(code)) && what === "right code") {
            await limits.succeed(code, letters);
            for (const limit of [code, letters]) expected.giveBack(limit);
            expected.endRow();
          }
          expect(Number((await item())?.["consecutive"] ?? 0)).toBe(expected.row());
        }
      }),
      { numRuns: runs(60), examples: [[["wrong code", lastDayOfRow, "wrong password", hour]]] },
    );
  });

  it("keep the row of wrong codes for a year [ASVS 6.6.3]", async () => {
    const { clock, limits, password, code, letters, item, expire } = world();
    for (let guesses = 0; guesses < 100; guesses += 1) {
      if (guesses % 5 === 0) clock.pass(guesses % 20 === 0 ? day - 15 * minute : 5 * minute);
      expect(await limits.spend(code)).toEqual({ outcome: "allowed" });
    }
    clock.pass(day);
    for (let days = 0; days < 364; days += 60, clock.pass(60 * day)) {
      await expire();
      await limits.spend(password);
      await limits.spend(letters, password);
      expect(await limits.spend(code)).toMatchObject({ refusal: "code_guesses_used_up" });
    }
    clock.pass(5 * day);
    await limits.spend(password);
    expect(await limits.spend(code)).toEqual({ outcome: "allowed" });
    expect((await item())?.["consecutive"]).toBe(1);
  });

  it("date a row that was counted before rows had an end", async () => {
    const { clock, limits, password, code, item } = world();
    await limits.spend(code);
    const { rowUntil: _, ...older } = (await item()) ?? {};
    await documents().send(new PutCommand({ TableName: process.env["LIMITS_TABLE"], Item: older }));
    await limits.spend(password);
    expect(await item()).toMatchObject({ consecutive: 1, expiresAt: clock.now() + 365 * day });
  });

  it("are kept for a day without wrong codes", async () => {
    const { clock, limits, password, code, letters, item } = world();
    await limits.spend(password);
    const until = clock.now() + day;
    expect(await item()).toMatchObject({ expiresAt: until });
    await limits.spend(letters, password);
    expect(await item()).toMatchObject({ expiresAt: until });
    await limits.spend(code);
    await limits.succeed(code, letters);
    expect(await item()).toMatchObject({ expiresAt: until });
    expect(await item()).not.toHaveProperty("consecutive");
  });

  it("allow exactly their number while sign-ins give attempts back", async () => {
    const { limits, password, code, letters } = world();
    const guesses = Array.from({ length: 30 }, () => limits.spend(code));
    const owner = async () => {
      if ((await limits.spend(password)).outcome === "allowed") await limits.spend(letters, password);
    };
    const [spent] = await Promise.all([Promise.all(guesses), ...Array.from({ length: 8 }, owner)]);
    expect(spent.filter(({ outcome }) => outcome === "allowed")).toHaveLength(5);
    const wrong = await Promise.all(Array.from({ length: 20 }, () => limits.spend(password)));
    expect(wrong.filter(({ outcome }) => outcome === "allowed")).toHaveLength(10);
  });

  it("count a letter though the password's window has ended", async () => {
    const { clock, limits, password, letters } = world();
    for (let guesses = 0; guesses < 3; guesses += 1) await limits.spend(password);
    clock.pass(10 * minute);
    expect(await limits.spend(letters, password)).toEqual({ outcome: "allowed" });
    for (let guesses = 0; guesses < 10; guesses += 1)
      expect(await limits.spend(password)).toEqual({ outcome: "allowed" });
    expect(await limits.spend(password)).toMatchObject({ outcome: "exhausted" });
  });
});
