// `npm run bench` measures what each operation costs on an empty store. It prints the aims beside
// the results, but doesn't fail if one is missed, because a shared machine may be slow for other
// reasons.
import { availableParallelism, loadavg } from "node:os";
import { createClient } from "./client.ts";
import { measureFloor } from "./floor.ts";
import { openLetterBox } from "./letter-box.ts";
import { measure, type Measurement } from "./measure.ts";
import { createPhases, newPerson, type Phase } from "./phases.ts";
import { aimsTable, callsTable, floorTable, legend, operationsTable } from "./report.ts";
import { startStackUnderLoad } from "./stack-under-load.ts";

const people = { alone: 30, crowd: 256, lives: 40 };
const warmUp = { alone: 30, crowd: 80, lives: 2 };
const crowdConcurrency = 16;

const print = (text: string) => process.stdout.write(`${text}\n`);

const stack = await startStackUnderLoad();
const client = createClient(stack.address.url);
const letterBox = openLetterBox(stack.address.mailboxFolder);
const { operations, life } = createPhases(client, letterBox);

const measureAll = async (phases: readonly Phase[], count: number, concurrency: number) => {
  const population = Array.from({ length: count }, newPerson);
  const measurements: Measurement[] = [];
  for (const phase of phases) measurements.push(await measure(stack, phase, population, concurrency));
  return measurements;
};
/** Runs the phases with other people first, so that no cold start and no cold code is measured. */
const measureWarm = async (phases: readonly Phase[], size: keyof typeof people, concurrency: number) => {
  await measureAll(phases, warmUp[size], concurrency);
  return measureAll(phases, people[size], concurrency);
};

try {
  const load = loadavg()[0]?.toFixed(1);
  print(
    `LIT Auth on ${availableParallelism()} cores (load before: ${load}), ${stack.address.engine}, Node ${process.versions.node}\n`,
  );
  const alone = await measureWarm(operations, "alone", 1);
  const crowd = await measureWarm(operations, "crowd", crowdConcurrency);
  const lives = await measureWarm([life], "lives", 1);
  const quietFloor = await measureFloor(stack.address.floorEnvironment, 1);
  const busyFloor = await measureFloor(stack.address.floorEnvironment, 2);

  print(`One at a time\n${operationsTable([...alone, ...lives], quietFloor)}`);
  print(`${crowdConcurrency} at a time\n${operationsTable(crowd, busyFloor)}`);
  print(legend);
  print(floorTable({ "one process": quietFloor, "two side by side": busyFloor }));
  print(callsTable([...crowd, ...lives]));

  const crowdRate = (name: string) => crowd.find(({ phase }) => phase.name === name)?.perSecond ?? 0;
  print(
    aimsTable([
      { what: "CPU ms for a whole life", result: lives[0]?.cpu.total ?? 0, aim: "at most 140" },
      { what: "sign-ins a second, 16 at a time", result: crowdRate("sign-in"), aim: "at least 32" },
      { what: "getMe a second, 16 at a time", result: crowdRate("getMe"), aim: "at least 800" },
    ]),
  );
} finally {
  letterBox.close();
  client.close();
  await stack.stop();
}
