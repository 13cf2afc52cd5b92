// An operator runs `npm run events:replay -- --since 2h` when a receiver has lost events. They
// leave again from the history, with the ids that they had.
import { randomUUID } from "node:crypto";
import { readCommandLine, usageError } from "../../infra/command-line/command-line.ts";
import { historyStore } from "../../shared/events/history-store.ts";
import type { UserEvent } from "../../shared/events/user-event.ts";
import { isoTime, nowSeconds } from "../../shared/platform/clock.ts";
import { operatorLog } from "../operator-log.ts";
import { runCommand, shownCount } from "../run-command.ts";
import { useTarget, type Target } from "../target.ts";
import { askEvents } from "./events-function.ts";
import { moment } from "./moment.ts";

const eventsAtOnce = 50;

const inChunks = async function* (since: number, until: number): AsyncGenerator<UserEvent[]> {
  let chunk: UserEvent[] = [];
  for await (const event of historyStore().since(since)) {
    if (event.at >= until) continue;
    chunk.push(event);
    if (chunk.length < eventsAtOnce) continue;
    yield chunk;
    chunk = [];
  }
  if (chunk.length > 0) yield chunk;
};

const shown = (counts: Map<string, number>): string => {
  const sums = [...counts].map(([type, count]) => `${shownCount(count)} ${type}`);
  return sums.length === 0 ? "" : ` (${sums.join(", ")})`;
};

const sendAgain = async (
  target: Target,
  { since, until, dryRun }: { since: number; until: number; dryRun: boolean },
) => {
  const run = randomUUID();
  const counts = new Map<string, number>();
  let sum = 0;
  try {
    for await (const events of inChunks(since, until)) {
      if (!dryRun) await askEvents(target, { replay: { run, events } });
      sum += events.length;
      for (const { type } of events) counts.set(type, (counts.get(type) ?? 0) + 1);
    }
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new Error(`${reason} ${shownCount(sum)} events were sent before. Run the command again.`, {
      cause: error,
    });
  }
  return { sum, counts };
};

await runCommand(async () => {
  const { values } = readCommandLine("events:replay");
  if (values.since === undefined) throw usageError("events:replay", "--since is missing.");
  const now = nowSeconds();
  const since = moment("since", values.since, now);
  const until = values.until === undefined ? now + 1 : moment("until", values.until, now);
  if (since >= until) throw new Error("--until is not after --since. Nothing was sent.");
  const dryRun = values["dry-run"];
  const target = await useTarget(values.stage);
  const replay = () => sendAgain(target, { since, until, dryRun });
  const { sum, counts } = dryRun
    ? await replay()
    : await operatorLog(target, "events:replay").acting({}, replay, ({ sum: events }) => ({
        counts: { events },
      }));
  const what = `${shownCount(sum)} ${sum === 1 ? "event" : "events"} of ${target.name} since ${isoTime(since)}`;
  console.log(
    dryRun
      ? `Would send ${what} again${shown(counts)}. Nothing was sent. Run the command without --dry-run to do it.`
      : `Sent ${what} again${shown(counts)}.`,
  );
});
