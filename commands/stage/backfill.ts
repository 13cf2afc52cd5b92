// `npm run data:backfill` is the second step of expand, migrate, contract (docs/operations.md).
// After an interruption, the same command does what is left.
import { readCommandLine } from "../../infra/command-line/command-line.ts";
import { backfillStore } from "../../shared/events/backfill-store.ts";
import { operatorLog } from "../operator-log.ts";
import { runCommand, shownCount } from "../run-command.ts";
import { useTarget } from "../target.ts";
import { inParallel } from "../user-files/in-parallel.ts";

const atOnce = 16;
const itemsPerReport = 1_000;

const backfill = async (): Promise<string> => {
  const { values } = readCommandLine("data:backfill");
  const isDryRun = values["dry-run"];
  const target = await useTarget(values.stage);
  const store = backfillStore();
  const counts = { filled: 0, gone: 0 };
  const fillAll = async () => {
    for await (const keys of store.findLacking())
      await inParallel(keys.values(), atOnce, async (key) => {
        counts[isDryRun ? "filled" : await store.fill(key)] += 1;
        if (counts.filled % itemsPerReport === 0) console.error(`${shownCount(counts.filled)} items`);
      });
  };
  if (isDryRun) await fillAll();
  else await operatorLog(target, "data:backfill").acting({}, fillAll, () => ({ counts }));
  const items = `${shownCount(counts.filled)} items of ${target.name}`;
  if (isDryRun) return `${items} would be filled. Nothing was changed. Run it without --dry-run to do it.`;
  return `${items} are filled. ${shownCount(counts.gone)} were deleted meanwhile.`;
};

await runCommand(async () => console.log(await backfill()));
