// `npm run bench:enumeration [-- --rounds 100 --row 11 --handicap 0.3]` measures whether response
// times reveal who has an account. It calls each operation for as many known as unknown addresses,
// in random order, one at a time on an idle stack. The last rows (`--row 17`) compare addresses
// with and without a waiting registration. `--row` measures only that row, after it has run
// those before. `--handicap` delays calls for known addresses by so many milliseconds, to check
// that the benchmark detects it. Verdicts don't change the exit status, because a shared machine is
// too noisy.
import { availableParallelism, loadavg } from "node:os";
import { readCommandLine } from "../../../infra/command-line/command-line.ts";
import { probes, suspectAt, type ProbeName, type Suspect } from "../../support/calls/enumeration-probes.ts";
import { createClient } from "./load/client.ts";
import { openLetterBox } from "./load/letter-box.ts";
import { overAll } from "./stack/measure.ts";
import { createPhases, newPerson } from "./load/phases.ts";
import { startStackUnderLoad } from "./load/stack-under-load.ts";
import { textTable } from "./text-table.ts";
import { compareSamples, verdictLegend, verdictOn } from "./two-samples.ts";

const { values } = readCommandLine("bench:enumeration");
const rounds = Number(values.rounds ?? 300);
const handicapMilliseconds = Number(values.handicap ?? 0);
const warmUps = 20;
const askers = 20;
const onlyRow = values.row === undefined ? undefined : Number(values.row) - 1;

type Row = { probe: ProbeName; status: number };
// Every address goes through all rows, in this order. Each row depends on the state that earlier
// rows left, and their number stays below every limit on guesses.
const life: Row[] = [
  { probe: "sign in with a wrong code", status: 401 },
  { probe: "activate with a wrong code", status: 400 },
  { probe: "ask with a wrong password", status: 401 },
  { probe: "ask for a reset", status: 204 },
  { probe: "confirm a reset with a wrong code", status: 400 },
  { probe: "claim the address with a wrong code", status: 400 },
  { probe: "undo a change of address with a wrong code", status: 400 },
  { probe: "move an account there", status: 204 },
  { probe: "register a taken username", status: 400 },
  { probe: "register", status: 201 },
  { probe: "ask with the password registered", status: 200 },
  { probe: "register with another password", status: 201 },
  { probe: "ask with the other password registered", status: 200 },
  { probe: "ask with the password registered", status: 401 },
  { probe: "activate with a wrong code", status: 400 },
  { probe: "sign in with a wrong code", status: 401 },
];

const print = (text: string) => process.stdout.write(`${text}\n`);

const stack = await startStackUnderLoad();
const client = createClient(stack.address.url);
const letterBox = openLetterBox(stack.address.mailboxFolder);
const { enter, activate } = createPhases(client, letterBox);

type Group = "known" | "unknown";
type Subject = Suspect & { group: Group };

const subjects = async (count: number): Promise<Subject[]> => {
  const owners = Array.from({ length: count }, newPerson);
  await overAll(owners, 4, activate);
  const signedIn = Array.from({ length: askers }, newPerson);
  await overAll(signedIn, 4, enter);
  const takenUsername = owners[0]?.username ?? "";
  const strangers = Array.from({ length: count }, newPerson);
  const suspects = (group: Group, people: typeof owners) =>
    people.map(({ email }, index) => {
      const { access: token = "", password = "" } = signedIn[index % askers] ?? {};
      return { group, ...suspectAt(email, { takenUsername, asker: { token, password } }) };
    });
  return [...suspects("known", owners), ...suspects("unknown", strangers)];
};

const shuffled = <Item>(items: readonly Item[]): Item[] =>
  items
    .map((item) => ({ item, place: Math.random() }))
    .toSorted((one, other) => one.place - other.place)
    .map(({ item }) => item);

const busyFor = (milliseconds: number) => {
  const end = performance.now() + milliseconds;
  while (performance.now() < end);
};

const ask = async ({ probe, status }: Row, subject: Suspect) => {
  const { operation, body, token } = probes[probe](subject);
  await client.callForStatus(operation, { body, ...(token !== undefined && { token }) }, status);
};

// Measures one row for all subjects. The mailer's work may differ between the groups, so each call
// waits until it is done.
const timesOf = async (row: Row, subjects: readonly Subject[]) => {
  const times: Record<Group, number[]> = { known: [], unknown: [] };
  for (const subject of shuffled(subjects)) {
    await stack.quiet();
    const began = performance.now();
    await ask(row, subject);
    if (subject.group === "known") busyFor(handicapMilliseconds);
    times[subject.group].push(performance.now() - began);
  }
  return times;
};

// A registration costs one more hash. Of those asked at once, half have one.
const timesAtOnce = async (suspects: Record<Group, Suspect[]>, atOnce: number) => {
  const times: Record<Group, number[]> = { known: [], unknown: [] };
  const half = Math.max(1, atOnce / 2);
  const all = (["known", "unknown"] as const).flatMap((group) =>
    suspects[group].map((suspect, index) => ({ group, suspect, batch: Math.floor(index / half) })),
  );
  for (let batch = 0; batch < suspects.known.length / half; batch += 1) {
    const asked = shuffled(all.filter((one) => one.batch === batch));
    await stack.quiet();
    await overAll(asked, atOnce, async ({ group, suspect }) => {
      const began = performance.now();
      await ask({ probe: "ask with a wrong password", status: 401 }, suspect);
      times[group].push(performance.now() - began);
    });
  }
  return times;
};

const waitingRows = async (): Promise<string[][]> => {
  const asker = { token: "", password: "" };
  const people = Array.from({ length: 2 * rounds }, () =>
    suspectAt(newPerson().email, { takenUsername: "", asker }),
  );
  const suspects = { known: people.slice(0, rounds), unknown: people.slice(rounds) };
  await overAll(suspects.known, 4, (suspect) => ask({ probe: "register", status: 201 }, suspect));
  const rows: string[][] = [];
  for (const atOnce of [1, 16]) {
    const { known, unknown } = await timesAtOnce(suspects, atOnce);
    const title = `requestOtp: with and without a waiting registration, ${atOnce === 1 ? "alone" : `${atOnce} at once`}`;
    rows.push([title, "401", ...shownComparison(known, unknown)]);
  }
  return rows;
};

const signed = (value: number) => `${value < 0 ? "" : "+"}${value.toFixed(3)}`;

const shownComparison = (known: number[], unknown: number[]): string[] => {
  const compared = compareSamples(known, unknown);
  const { medians, difference, differenceInterval, auc, aucInterval } = compared;
  return [
    ...medians.map((milliseconds) => milliseconds.toFixed(2)),
    `${signed(difference)} [${signed(differenceInterval.low)}, ${signed(differenceInterval.high)}]`,
    `${auc.toFixed(3)} [${aucInterval.low.toFixed(3)}, ${aucInterval.high.toFixed(3)}]`,
    verdictOn(compared),
  ];
};

try {
  const load = loadavg()[0]?.toFixed(1);
  const machine = `${availableParallelism()} cores (load before: ${load}), ${stack.address.engine}`;
  print(
    `${rounds} known and ${rounds} unknown addresses in each row, on ${machine}, Node ${process.versions.node}`,
  );
  if (handicapMilliseconds > 0) print(`Calls for known addresses are delayed by ${handicapMilliseconds} ms.`);
  const started = performance.now();
  const throwAway = await subjects(warmUps);
  const measured = await subjects(rounds);
  const rows: string[][] = [];
  for (const [index, row] of life.entries()) {
    if (onlyRow !== undefined && onlyRow >= life.length) break;
    if (onlyRow !== undefined && index < onlyRow)
      await overAll(shuffled([...throwAway, ...measured]), 4, (subject) => ask(row, subject));
    if (onlyRow !== undefined && index !== onlyRow) continue;
    await timesOf(row, throwAway);
    const { known, unknown } = await timesOf(row, measured);
    const { operation } = probes[row.probe](measured[0]!);
    const title = `${index + 1}. ${operation}: ${row.probe}`;
    rows.push([title, String(row.status), ...shownComparison(known, unknown)]);
  }
  if (onlyRow === undefined || onlyRow >= life.length) rows.push(...(await waitingRows()));
  const head = [
    "call (each after those above it)",
    "status",
    "known ms",
    "unknown ms",
    "difference [95 %]",
    "AUC [95 %]",
    "",
  ];
  print(textTable(head, rows));
  print(
    `AUC: probability that the call for a known address takes longer. The aim is 0.45 to 0.55.\n${verdictLegend}\n${((performance.now() - started) / 1000).toFixed(0)} s`,
  );
} finally {
  letterBox.close();
  client.close();
  await stack.stop();
}
