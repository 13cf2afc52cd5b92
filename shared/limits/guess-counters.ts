// What is counted of wrong guesses for one person, address or network, for operators.
import { isoTime, nowSeconds, type Clock } from "../platform/clock.ts";
import { variable } from "../platform/environment.ts";
import { batchRead } from "../store/batch.ts";
import { counterName, countIn, limitPk, secondsLeft, storedCounters, type Rule } from "./counters.ts";
import { codeGuess, currentPasswordGuess, devicesSubject, triesKey, wrongPassword } from "./guess-limits.ts";

type Counted = { counts: string; key: string; rules?: readonly Rule[] };

/** `reached` is the end of the time in which no further guess is allowed. */
export type GuessCounter = {
  counts: string;
  number: number;
  window_seconds: number | null;
  reached: string | null;
};

const guessesFor = (subject: string, where: string): Counted[] => [
  { counts: `codes of activations${where}`, ...codeGuess("activation", subject) },
  { counts: `codes of sign-ins${where}`, ...codeGuess("login", subject) },
  { counts: `passwords of sign-ins${where}`, ...wrongPassword(subject) },
];

export const guessesOf = (addressKey: string, userId?: string): Counted[] => [
  ...guessesFor(addressKey, ""),
  ...guessesFor(devicesSubject(addressKey), " on known devices"),
  ...(userId === undefined
    ? []
    : [{ counts: "current passwords of the account", ...currentPasswordGuess(userId) }]),
];

export const guessesFromNetwork = (networkKey: string): Counted[] => [
  { counts: "tries from the network", key: triesKey(networkKey) },
];

export const guessCounters = (clock: Clock = nowSeconds) => {
  const table = variable("LIMITS_TABLE");
  return {
    /** Omits windows that have ended. */
    find: async (all: readonly Counted[]): Promise<GuessCounter[]> => {
      const now = clock();
      const pks = new Set(all.map(({ key }) => limitPk(key)));
      const { [table]: items = [] } = await batchRead({ [table]: [...pks].map((pk) => ({ pk })) });
      return all.flatMap(({ counts, key, rules }) => {
        const item = items.find(({ pk }) => pk === limitPk(key));
        if (!item || countIn(item, "expiresAt") <= now) return [];
        return storedCounters(item, rules)
          .filter(
            ({ windowSeconds, from = now }) => windowSeconds === undefined || from + windowSeconds > now,
          )
          .map(({ number, windowSeconds }) => {
            const rule = rules?.find(
              (one) =>
                one.windowSeconds === windowSeconds && countIn(item, counterName(one, now)) >= one.maximum,
            );
            const reached = rule ? isoTime(now + secondsLeft(rule, item, now)) : null;
            return { counts, number, window_seconds: windowSeconds ?? null, reached };
          });
      });
    },
  };
};
