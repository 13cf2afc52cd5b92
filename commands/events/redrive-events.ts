// An operator runs `npm run events:redrive` when events lie in dead letters. The function for
// events reads the records at positions in the stream again, and webhooks are tried again.
import { readCommandLine } from "../../infra/command-line/command-line.ts";
import { deadPosition, type DeadPosition } from "../../shared/publishing/dead-position.ts";
import { webhookMessage } from "../../shared/webhooks/webhook-message.ts";
import { operatorLog } from "../operator-log.ts";
import { runCommand, shownCount } from "../run-command.ts";
import { outputOf, useTarget, type Target } from "../target.ts";
import { deadLettersOf, sendTo, type DeadLetter } from "./held-messages.ts";
import { askEvents } from "./events-function.ts";

type Counts = Record<"positions" | "events" | "webhooks" | "left", number>;

const parsed = (text: string): unknown => {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
};

/** Who is concerned is known only of a record that our own function has put aside. */
const forgotten = ({ DDBStreamBatchInfo: position, userId }: DeadPosition): string => {
  const { startSequenceNumber: from, endSequenceNumber: to, batchSize } = position;
  const at = position.approximateArrivalOfFirstRecord;
  const who =
    userId === undefined
      ? `${shownCount(batchSize)} changes of persons who can't be known any more`
      : `a change of the person ${userId}`;
  const when = at === undefined ? "" : `, which arrived at ${at}`;
  const since = at === undefined ? "<a time before the failure>" : at;
  return `The stream has forgotten ${who} (${from} to ${to}${when}). If the history has it, this sends it: npm run events:replay -- --since ${since}.`;
};

const redrivePosition = async (
  letter: DeadLetter,
  target: Target,
  discard: boolean,
  counts: Counts,
): Promise<void> => {
  const { success, data } = deadPosition.safeParse(parsed(letter.body));
  if (!success) {
    counts.left += 1;
    return console.error(`${letter.id}: This is no position in the stream.`);
  }
  const answer = await askEvents(target, { redrive: data });
  if (answer.outcome === "gone") {
    counts.left += 1;
    console.error(`${letter.id}: ${forgotten(data)}`);
    if (discard) await letter.remove();
    return;
  }
  counts.positions += 1;
  counts.events += answer.events;
  await letter.remove();
};

const redriveWebhook = async (letter: DeadLetter, retries: string, counts: Counts): Promise<void> => {
  const { success, data } = webhookMessage.safeParse(parsed(letter.body));
  if (!success) {
    counts.left += 1;
    return console.error(`${letter.id}: This is no webhook.`);
  }
  // As after a first try, so that the whole schedule lies before it again.
  await sendTo(retries, { kind: data.kind, event: data.event, tries: 1 });
  await letter.remove();
  counts.webhooks += 1;
};

const attempt = async (letter: DeadLetter, counts: Counts, work: () => Promise<void>): Promise<void> => {
  try {
    await work();
  } catch (error) {
    counts.left += 1;
    console.error(`${letter.id}: ${error instanceof Error ? error.message : String(error)}`);
  }
};

const redriveAll = async (target: Target, discard: boolean): Promise<Counts> => {
  const counts: Counts = { positions: 0, events: 0, webhooks: 0, left: 0 };
  for await (const letter of deadLettersOf(outputOf(target, "EventsDeadLettersUrl")))
    await attempt(letter, counts, () => redrivePosition(letter, target, discard, counts));
  // Without a receiver no function reads the retries. The webhooks wait for one here.
  if (target.outputs["WebhookSecretArn"] === undefined) return counts;
  const retries = outputOf(target, "WebhookRetriesUrl");
  for (const queue of ["WebhookQueueDeadLettersUrl", "WebhookDeadLettersUrl"])
    for await (const letter of deadLettersOf(outputOf(target, queue)))
      await attempt(letter, counts, () => redriveWebhook(letter, retries, counts));
  return counts;
};

await runCommand(async () => {
  const { values } = readCommandLine("events:redrive");
  const target = await useTarget(values.stage);
  const redrive = () => redriveAll(target, values.discard);
  const log = operatorLog(target, "events:redrive");
  const { positions, events, webhooks, left } = await log.acting({}, redrive, (counts) => ({ counts }));
  if (left > 0) process.exitCode = 1;
  console.log(
    `Dead letters of ${target.name}: ${shownCount(positions)} positions read again (${shownCount(events)} events), ${shownCount(webhooks)} webhooks tried again, ${shownCount(left)} not done.`,
  );
});
