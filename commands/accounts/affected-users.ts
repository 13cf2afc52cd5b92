// `npm run users:affected -- affected.jsonl --since <time>|--all|--ids <file> [--stage prod]` lists
// whom a notice about a leak must reach. Of accounts that were deleted since, no address is kept.
import { existsSync } from "node:fs";
import { rm } from "node:fs/promises";
import { readCommandLine, usageLine } from "../../infra/command-line/command-line.ts";
import { setAttributes } from "../../shared/accounts/user-fields.ts";
import { scanAccounts } from "../../shared/admin/account-scan.ts";
import { instantOf, notAnInstant } from "../../shared/identity/instant.ts";
import { nowSeconds } from "../../shared/platform/clock.ts";
import type { Person, User } from "../../shared/store/user-items.ts";
import { confirm } from "../confirm.ts";
import { operatorLog } from "../operator-log.ts";
import { runCommand, shownCount } from "../run-command.ts";
import { useTarget } from "../target.ts";
import { linesOf, openLines } from "../user-files/lines.ts";
import { createFile } from "../user-files/new-file.ts";
import { personWithId } from "./named-person.ts";

const linesPerWrite = 500;

type Values = ReturnType<typeof readCommandLine<"users:affected">>["values"];

const secondsIn = (option: "since" | "until", typed: string | undefined): number | undefined => {
  if (typed === undefined) return undefined;
  const instant = instantOf(typed.trim());
  if (instant === undefined) throw new Error(`--${option}: ${notAnInstant}`);
  return Date.parse(instant) / 1000;
};

/** A person who signed in after the time may have done it in that time too. */
const isAffected = (values: Values, now: number): ((account: User) => boolean) => {
  const [since = 0, until = Infinity] = [secondsIn("since", values.since), secondsIn("until", values.until)];
  if (since > now) throw new Error("--since is in the future.");
  if (until <= since) throw new Error("--until must be later than --since.");
  return ({ createdAt, lastSignInAt = -1 }) =>
    values.all || (createdAt < until && (!values["signed-in"] || lastSignInAt >= since));
};

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

async function* affected(values: Values, now: number): AsyncGenerator<Found> {
  const matches = isAffected(values, now);
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

const checked = (values: Values): Values => {
  const named = [values.since, values.all || undefined, values.ids].filter((value) => value !== undefined);
  const isForTime = values.until !== undefined || values["signed-in"];
  if (named.length !== 1 || (isForTime && values.since === undefined))
    throw new Error(`Name one of --since, --all and --ids. Usage: ${usageLine("users:affected")}`);
  isAffected(values, nowSeconds());
  return values;
};

const listAffected = async (): Promise<string> => {
  const { values: given, operands } = readCommandLine("users:affected");
  const [values, [file = ""]] = [checked(given), operands];
  if (existsSync(file)) throw new Error(`${file} already exists. Remove it or choose another name.`);
  const target = await useTarget(values.stage);
  const [log, now] = [operatorLog(target, "users:affected"), nowSeconds()];
  const which = values.ids === undefined ? (values.all ? "all" : "since") : "ids";
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
