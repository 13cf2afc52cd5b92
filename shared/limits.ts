/**
 * The one mechanism that limits anything: counters per window in one item, spent before the thing they limit, by one
 * conditional write. However many callers race, exactly the allowed number passes; a refused try is not counted, and costs
 * the same whether or not the address behind the key exists.
 */
import { DeleteCommand, UpdateCommand } from "@aws-sdk/lib-dynamodb";
import { nowSeconds, type Clock } from "./clock.ts";
import { attempt, dynamo, type Item } from "./dynamo.ts";
import { environment } from "./environment.ts";

/** At most `maximum` in each window of `windowSeconds`; without a window: in a row, until `clear`. */
export type Rule = { readonly maximum: number; readonly windowSeconds?: number };

export type Spending = { outcome: "allowed" } | { outcome: "exhausted"; retryAfterSeconds: number };

/** What is counted: guesses at one kind of secret of one address (or, for `current-password`, of one account). */
export const guessKey = (
  secret: "activation" | "login" | "password" | "current-password",
  owner: string,
): string => `${secret}#${owner}`;

/** Letters to one mailbox, whatever `+tag` stands in its address. */
export const letterKey = (mailboxKey: string): string => `letters#${mailboxKey}`;

const minute = 60;
const day = 86_400;

/** Guessing one of a million codes: 5 × 288 windows are capped by the day, the days by the row (NIST SP 800-63B 3.2.2). */
export const codeGuessRules: readonly Rule[] = [
  { maximum: 5, windowSeconds: 5 * minute },
  { maximum: 20, windowSeconds: day },
  { maximum: 100 },
];

/** No row here: a password can't be locked for ever by somebody who keeps guessing. */
export const passwordGuessRules: readonly Rule[] = [
  { maximum: 10, windowSeconds: 10 * minute },
  { maximum: 100, windowSeconds: day },
];

/** Letters that no password of an account has proven: somebody else's mailbox must not be flooded through us. */
export const letterRules = (): readonly Rule[] => {
  const settings = environment("UNPROVEN_LETTERS_PER_TEN_MINUTES", "UNPROVEN_LETTERS_PER_HOUR");
  return [
    { maximum: settings.UNPROVEN_LETTERS_PER_TEN_MINUTES, windowSeconds: 10 * minute },
    { maximum: settings.UNPROVEN_LETTERS_PER_HOUR, windowSeconds: 60 * minute },
  ];
};

// Long enough that waiting it out gives 100 guesses a year.
const counterLifetimeSeconds = 365 * day;
const staleCountersKept = 12;

const counterName = ({ windowSeconds }: Rule, now: number): string =>
  windowSeconds === undefined ? "inARow" : `w${windowSeconds}#${Math.floor(now / windowSeconds)}`;

const secondsLeft = ({ windowSeconds }: Rule, item: Item | undefined, now: number): number =>
  windowSeconds === undefined ? countIn(item, "expiresAt") - now : windowSeconds - (now % windowSeconds);

const countIn = (item: Item | undefined, counter: string): number => Number(item?.[counter] ?? 0);

export const limitStore = (clock: Clock = nowSeconds) => {
  const table = environment("LIMITS_TABLE").LIMITS_TABLE;
  const counters = (key: string) => ({ TableName: table, Key: { pk: `limit#${key}` } });

  const forgetStale = async (key: string, stale: string[]) => {
    const names = Object.fromEntries(stale.map((name, index) => [`#s${index}`, name]));
    await dynamo().send(
      new UpdateCommand({
        ...counters(key),
        UpdateExpression: `REMOVE ${Object.keys(names).join(", ")}`,
        ExpressionAttributeNames: names,
      }),
    );
  };

  const dropExpired = async (key: string, now: number) => {
    const condition = {
      ConditionExpression: "expiresAt <= :now",
      ExpressionAttributeValues: { ":now": now },
    };
    await attempt(() => dynamo().send(new DeleteCommand({ ...counters(key), ...condition })));
  };

  /** Forgets every try under `key`: after a success. */
  const clear = async (key: string): Promise<void> => {
    await dynamo().send(new DeleteCommand(counters(key)));
  };

  /** Counts one try under `key`, unless that would pass a rule. */
  const spend = async (key: string, rules: readonly Rule[]): Promise<Spending> => {
    const now = clock();
    const names = rules.map((rule) => counterName(rule, now));
    const spent = await attempt(() =>
      dynamo().send(
        new UpdateCommand({
          ...counters(key),
          UpdateExpression: `SET expiresAt = :expiresAt ADD ${names.map((_, i) => `#c${i} :one`).join(", ")}`,
          ConditionExpression: names
            .map((_, i) => `(attribute_not_exists(#c${i}) OR #c${i} < :max${i})`)
            .join(" AND "),
          ExpressionAttributeNames: Object.fromEntries(names.map((name, i) => [`#c${i}`, name])),
          ExpressionAttributeValues: {
            ":one": 1,
            ":expiresAt": now + counterLifetimeSeconds,
            ...Object.fromEntries(rules.map(({ maximum }, i) => [`:max${i}`, maximum])),
          },
          ReturnValues: "ALL_NEW",
          ReturnValuesOnConditionCheckFailure: "ALL_OLD",
        }),
      ),
    );
    if ("refused" in spent) {
      const item = spent.refused[0]?.item;
      // Over, though TTL has not deleted it yet: as good as absent.
      if (item && countIn(item, "expiresAt") <= now) {
        await dropExpired(key, now);
        return spend(key, rules);
      }
      const waits = rules
        .filter((rule) => countIn(item, counterName(rule, now)) >= rule.maximum)
        .map((rule) => secondsLeft(rule, item, now));
      return { outcome: "exhausted", retryAfterSeconds: Math.max(1, ...waits) };
    }
    const stale = Object.keys(spent.written.Attributes ?? {}).filter(
      (name) => name.startsWith("w") && !names.includes(name),
    );
    if (stale.length > staleCountersKept) await forgetStale(key, stale);
    return { outcome: "allowed" };
  };

  /** Takes back one try that came to nothing, in the windows that are open now. */
  const giveBack = async (key: string, rules: readonly Rule[]): Promise<void> => {
    const now = clock();
    const names = rules.map((rule) => counterName(rule, now));
    // The windows may have changed since it was spent: then there is nothing to take back.
    await attempt(() =>
      dynamo().send(
        new UpdateCommand({
          ...counters(key),
          UpdateExpression: `ADD ${names.map((_, i) => `#c${i} :less`).join(", ")}`,
          ConditionExpression: names.map((_, i) => `#c${i} > :none`).join(" AND "),
          ExpressionAttributeNames: Object.fromEntries(names.map((name, i) => [`#c${i}`, name])),
          ExpressionAttributeValues: { ":less": -1, ":none": 0 },
        }),
      ),
    );
  };

  /** The same as a part of the transaction that is the success. */
  const clearing = (key: string) => ({ Delete: counters(key) });

  return { spend, giveBack, clear, clearing };
};

export type LimitStore = ReturnType<typeof limitStore>;
