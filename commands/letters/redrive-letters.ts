// Shows the orders in dead-letter queues and moves them back. An order keeps the time at which it
// was made, so the mailer drops a code that is too old, however often it was moved.
import { readCommandLine } from "../../infra/command-line/command-line.ts";
import { nowSeconds } from "../../shared/platform/clock.ts";
import { confirm } from "../confirm.ts";
import { lookInto, moveBack, waitingIn, type Moved } from "../dead-letter-queue.ts";
import { operatorLog } from "../operator-log.ts";
import { runCommand, shownCount } from "../run-command.ts";
import { outputOf, useTarget, type Target } from "../target.ts";
import { deadLetterQueues, queueNamesIn, shownSummary, summaryOf, type QueueName } from "./dead-letters.ts";

const mostLookedInto = 100;

const show = async (target: Target, name: QueueName): Promise<number> => {
  const url = outputOf(target, deadLetterQueues[name].from);
  const { visible, hidden } = await waitingIn(url);
  const bodies = visible === 0 ? [] : await lookInto(url, Math.min(visible, mostLookedInto));
  console.log(shownSummary(name, Math.max(visible, bodies.length), hidden, summaryOf(bodies, nowSeconds())));
  return visible;
};

const move = (target: Target, name: QueueName): Promise<Moved> => {
  const { from, to } = deadLetterQueues[name];
  let shown = -1;
  const onProgress = (moved: number, all: number) => {
    if (moved !== shown) console.error(`${name}: ${shownCount(moved)} of ${shownCount(all)} moved`);
    shown = moved;
  };
  return moveBack({ from: outputOf(target, from), to: outputOf(target, to), onProgress });
};

const endOf = (name: QueueName, { status, moved }: Moved): string => {
  if (status === "COMPLETED") return `${name}: ${shownCount(moved)} moved back.`;
  if (status === "RUNNING")
    return `${name}: the move goes on in SQS. Run the same command again to follow it.`;
  return `${name}: the move was cancelled after ${shownCount(moved)}.`;
};

await runCommand(async () => {
  const { values } = readCommandLine("letters:redrive");
  const names = queueNamesIn(values.queue);
  const target = await useTarget(values.stage);
  const counts: Partial<Record<QueueName, number>> = {};
  for (const name of names) {
    const waiting = await show(target, name);
    if (waiting > 0) counts[name] = waiting;
  }
  const filled = Object.keys(counts) as QueueName[];
  if (values["dry-run"] || filled.length === 0) return;
  if (!values.yes)
    await confirm(`This moves them back into the queues of ${target.name}. Fix why they failed first.`);
  const log = operatorLog(target, "letters:redrive");
  for (const name of filled)
    console.log(
      await log.acting({ act: name, counts: { waiting: counts[name] ?? 0 } }, async () =>
        endOf(name, await move(target, name)),
      ),
    );
});
