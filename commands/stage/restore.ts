// Puts accounts of a backup back. Keys are revoked first, so that no session from before works with
// an account that gets its earlier state. Single accounts get epochs that no session has.
import { randomUUID } from "node:crypto";
import { readFileSync } from "node:fs";
import { readCommandLine, usageLine } from "../../infra/command-line/command-line.ts";
import { historyStore } from "../../shared/events/history-store.ts";
import type { UserEvent } from "../../shared/events/user-event.ts";
import { instantOf } from "../../shared/identity/instant.ts";
import { pseudonyms } from "../../shared/identity/pseudonyms.ts";
import { replaceSecret } from "../../shared/keys/key-ring-store.ts";
import { minute, nowSeconds } from "../../shared/platform/clock.ts";
import { variable } from "../../shared/platform/environment.ts";
import { accountRestoreStore, accountsOf } from "../../shared/restore/account-restore-store.ts";
import { nothingSince, restoredAccount, sinceOf } from "../../shared/restore/restored-account.ts";
import type { User } from "../../shared/store/user-items.ts";
import { operatorLog } from "../operator-log.ts";
import { runCommand, shownCount } from "../run-command.ts";
import { useTarget, type Target } from "../target.ts";
import { inParallel } from "../user-files/in-parallel.ts";
import { readElsewhere } from "./kept-secret.ts";
import { revokeKeys } from "./key-revocation.ts";

const atOnce = 8;
/** Clocks differ a little, and what is counted once too often only ends access. */
const marginSeconds = minute;
const triesOfRace = 5;

const required = (option: "from" | "at", value: string | undefined): string => {
  if (value === undefined) throw new Error(`--${option} is missing. Usage: ${usageLine("restore")}`);
  return value;
};

const readIds = (file: string | undefined): Set<string> | undefined =>
  file === undefined
    ? undefined
    : new Set(
        readFileSync(file, "utf8")
          .split(/\r?\n/)
          .map((line) => line.trim().toLowerCase())
          .filter((line) => line !== ""),
      );

const giveSecret = async (arn: string): Promise<void> => {
  const { value: account } = await accountsOf(variable("USERS_TABLE")).next();
  if (account)
    throw new Error(
      "The stage has accounts, which could not be found with another pseudonym secret. Nothing was changed.",
    );
  await replaceSecret(variable("PSEUDONYM_SECRET_ID"), await readElsewhere(arn), randomUUID());
};

const checkSecret = async (account: User): Promise<void> => {
  if ((await pseudonyms.ofAddress(account.email)) === account.addressKey) return;
  throw new Error(
    "The backup was written with another pseudonym secret, so its accounts would not be found here. Give an empty stage that secret with --pseudonym-secret. Nothing was changed.",
  );
};

const eventsByPerson = async (since: number, historyTable?: string): Promise<Map<string, UserEvent[]>> => {
  const events = new Map<string, UserEvent[]>();
  for await (const event of historyStore(nowSeconds, historyTable).since(since))
    events.set(event.userId, [...(events.get(event.userId) ?? []), event]);
  return events;
};

type Counts = Record<string, number>;
const ordinary = new Set(["brought back", "overwritten", "stay deleted"]);

const restoring = (
  {
    events,
    ids,
    isConfirmed,
  }: { events: Map<string, UserEvent[]>; ids?: Set<string> | undefined; isConfirmed: boolean },
  count: (what: string, id: string) => void,
) => {
  const store = accountRestoreStore();
  const restoreOne = async (backup: User, tried = 1): Promise<void> => {
    const { id } = backup;
    if (ids && !ids.has(id)) return;
    const live = await store.find(id);
    const since = events.has(id) ? sinceOf(events.get(id) ?? []) : nothingSince;
    const restored = restoredAccount(backup, live, since, { evenIfDeleted: ids !== undefined });
    if (!restored) return count("stay deleted", id);
    const outcome = isConfirmed ? await store.put(restored.user, live) : "restored";
    if (outcome === "changed_meanwhile" && tried < triesOfRace) return restoreOne(backup, tried + 1);
    if (outcome !== "restored" && outcome !== "username_taken") return count(`not restored (${outcome})`, id);
    count(live ? "overwritten" : "brought back", id);
    for (const note of restored.notes) count(note, id);
    if (outcome === "username_taken") count("another username", id);
  };
  return (backup: User) => restoreOne(backup);
};

type Order = {
  from: string;
  since: number;
  ids: Set<string> | undefined;
  history: string | undefined;
  secret: string | undefined;
  isConfirmed: boolean;
};

const restoreAll = async (
  target: Target,
  { from, since, ids, history, secret, isConfirmed }: Order,
): Promise<Counts> => {
  if (secret !== undefined && isConfirmed) await giveSecret(secret);
  const accounts = accountsOf(from);
  const { value: first } = await accounts.next();
  await accounts.return(undefined);
  if (!first) throw new Error(`The table ${from} has no account.`);
  if (secret === undefined || isConfirmed) await checkSecret(first);
  const events = await eventsByPerson(since, history);
  if (isConfirmed && !ids) await revokeKeys(target);

  const counts: Counts = {};
  const restoreOne = restoring({ events, ids, isConfirmed }, (what, id) => {
    counts[what] = (counts[what] ?? 0) + 1;
    if (!ordinary.has(what)) console.log(`${id}: ${what}`);
    if (what.startsWith("not restored")) process.exitCode = 1;
  });
  await inParallel(accountsOf(from), atOnce, restoreOne);
  return counts;
};

await runCommand(async () => {
  const { values } = readCommandLine("restore");
  const instant = instantOf(required("at", values.at));
  if (instant === undefined) throw new Error("--at is no time. Write it as 2026-05-01T12:00:00Z.");
  const order = {
    from: required("from", values.from),
    since: Date.parse(instant) / 1_000 - marginSeconds,
    ids: readIds(values.ids),
    history: values.history,
    secret: values["pseudonym-secret"],
    isConfirmed: values.confirm,
  };
  const target = await useTarget(values.stage);
  const work = () => restoreAll(target, order);
  const counts = order.isConfirmed
    ? await operatorLog(target, "restore").acting({}, work, (sums) => ({ counts: sums }))
    : await work();
  const sums = Object.entries(counts).map(([what, number]) => `${shownCount(number)} ${what}`);
  console.log(`Accounts of ${target.name}: ${sums.join(", ") || "none"}.`);
  console.log(
    order.isConfirmed
      ? `${order.ids ? "" : "All signing keys are revoked: everyone must sign in again. "}Registrations, codes and devices of the backup were left out.`
      : "Nothing was changed. Run the same command with --confirm to do it.",
  );
});
