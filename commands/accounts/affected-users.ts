// `npm run users:affected -- affected.jsonl --since <time>|--all|--ids <file> [--stage prod]` lists
// whom a notice about a leak must reach. Of accounts that were deleted since, no address is kept.
import { existsSync } from "node:fs";
import { rm } from "node:fs/promises";
import { readCommandLine, usageLine } from "../../infra/command-line/command-line.ts";
import { setAttributes } from "../../shared/accounts/user-fields.ts";
import { scanAccounts } from "../../shared/admin/account-scan.ts";
import { nowSeconds } from "../../shared/platform/clock.ts";
import type { Person } from "../../shared/store/user-items.ts";
import { confirm } from "../confirm.ts";
import { operatorLog } from "../operator-log.ts";
import { runCommand, shownCount } from "../run-command.ts";
import { useTarget } from "../target.ts";
import { affectedBy, isComplete, type AffectedOptions } from "../user-files/affected-people.ts";
import { linesOf, openLines } from "../user-files/lines.ts";
import { createFile } from "../user-files/new-file.ts";
import { personWithId } from "./named-person.ts";

const linesPerWrite = 500;

type Found = Person | "unknown";

async function* peopleIn(file: string): AsyncGenerator<Found> {
  await using source = await openLines(file);
  const seen = new Set<string>();
  for await (const line of linesOf(source.createReadStream({ autoClose: false }))) {
    if ("problem" in line) throw new Error(`${file}, line ${line.number}: ${line.problem}`);
    const id = line.text
      .replace(/^\uFEFF/, "")
      .trim()
      .toLowerCase();
    if (id === "" || seen.has(id)) continue;
    seen.add(id);
    yield (await personWithId(id)) ?? "unknown";
  }
}

async function* affected(values: AffectedOptions, now: number): AsyncGenerator<Found> {
  const matches = affectedBy(values, now);
  if (values.ids !== undefined) yield* peopleIn(values.ids);
  else for await (const { users } of scanAccounts()) yield* users.filter(matches);
}

const countAll = async (people: AsyncIterable<Found>) => {
  const counts = { people: 0, unknown: 0 };
  for await (const person of people) counts[person === "unknown" ? person : "people"] += 1;
  return counts;
};

const lineOf = (person: Person): string => {
  const { id, email, username } = person;
  return `${JSON.stringify({ id, email, username, ...setAttributes(person) })}\n`;
};

const writeAll = async (file: string, people: AsyncIterable<Found>): Promise<number> => {
  await using output = await createFile(file);
  let [written, lines] = [0, ""];
  try {
    for await (const person of people) {
      if (person === "unknown") continue;
      lines += lineOf(person);
      written += 1;
      if (written % linesPerWrite > 0) continue;
      await output.appendFile(lines);
      lines = "";
    }
    await output.appendFile(lines);
    await output.sync();
  } catch (error) {
    await rm(file);
    throw error;
  }
  return written;
};

const listAffected = async (): Promise<string> => {
  const { values, operands } = readCommandLine("users:affected");
  const [file = ""] = operands;
  if (!isComplete(values))
    throw new Error(`Name --since or --signed-in, --all, or --ids. Usage: ${usageLine("users:affected")}`);
  const now = nowSeconds();
  affectedBy(values, now);
  if (existsSync(file)) throw new Error(`${file} already exists. Remove it or choose another name.`);
  const target = await useTarget(values.stage);
  const log = operatorLog(target, "users:affected");
  const which = values.ids === undefined ? (values.all ? "all" : "time") : "ids";
  const counts = await log.acting(
    { act: `count ${which}` },
    () => countAll(affected(values, now)),
    (found) => ({ counts: found }),
  );
  console.error(`${shownCount(counts.people)} people, ${shownCount(counts.unknown)} unknown ids`);
  if (!values.yes)
    await confirm(`This writes their addresses and names to ${file}. Delete it after the notice.`);
  const people = await log.acting(
    { act: `write ${which}` },
    () => writeAll(file, affected(values, now)),
    (written) => ({ counts: { people: written } }),
  );
  return `${shownCount(people)} people of ${target.name} are in ${file}.`;
};

await runCommand(async () => console.log(await listAffected()));
