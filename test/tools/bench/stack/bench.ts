// `npm run bench` measures what each operation costs on an empty store. It prints the aims beside
// the results, but doesn't fail if one is missed, because a shared machine may be slow for other
// reasons. `--save <file>` writes the results, and `--compare <file>` prints what changed since.
import { availableParallelism, loadavg } from "node:os";
import { readCommandLine } from "../../../../infra/command-line/command-line.ts";
import { runScript } from "../../../../infra/run-script.ts";
import { contract, type OperationName } from "../../../../shared/contract/contract.ts";
import { comparisonText, loadBaseline, saveBaseline } from "./baseline.ts";
import { createClient } from "../load/client.ts";
import { measureFloor } from "./floor.ts";
import { measureFootprint, type Footprint } from "./footprint.ts";
import { openLetterBox } from "../load/letter-box.ts";
import { measure, overAll, type Cpu, type Measurement } from "./measure.ts";
import { createPhases, newPerson, peopleOf, type Phase } from "../load/phases.ts";
import { aimsTable, floorTable, footprintLegend, footprintTable, legend, operationsTable } from "./report.ts";
import { aimsOf, baselineOf, type Results } from "./results.ts";
import { startStackUnderLoad, type StackUnderLoad } from "../load/stack-under-load.ts";

const alone = { people: 30, concurrency: 1, parts: 3 };
const crowd = { people: 132, concurrency: 16, parts: 3 };
const lives = { people: 40, concurrency: 1, parts: 4 };
const cold = { people: 10, concurrency: 1, parts: 1 };
/** Each hashing operation of these people costs a hash, so these are as many as time allows. */
const warmUpPeople = 120;
/** Operations without a hash are repeated until each execution environment has answered so many. */
const warmCallsPerEnvironment = 500;
const footprintPeople = { counted: 2, timed: 4 };

const titles = { alone: "one at a time", crowd: `${crowd.concurrency} at a time` };
const isOperation = (name: string): name is OperationName => Object.hasOwn(contract, name);
const print = (text: string) => process.stdout.write(`${text}\n`);
const newPeople = (count: number) => Array.from({ length: count }, newPerson);

const run = async (stack: StackUnderLoad): Promise<Results> => {
  const client = createClient(stack.address.url);
  const letterBox = openLetterBox(stack.address.mailboxFolder);
  await using resources = new AsyncDisposableStack();
  resources.defer(() => letterBox.close());
  resources.defer(() => client.close());
  const { operations, life } = createPhases(client, letterBox);

  const measureAll = async (phases: readonly Phase[], { people, ...how }: typeof alone) => {
    const population = newPeople(people);
    const measurements: Measurement[] = [];
    for (const phase of phases)
      measurements.push(await measure(stack, phase, peopleOf(phase, population), how));
    return measurements;
  };

  const measureFootprints = async () => {
    const [counted, timed] = [newPeople(footprintPeople.counted), newPeople(footprintPeople.timed)];
    const footprints = new Map<string, Footprint>();
    for (const phase of operations)
      footprints.set(
        phase.name,
        await measureFootprint(stack, phase, {
          counted: peopleOf(phase, counted),
          timed: peopleOf(phase, timed),
        }),
      );
    return footprints;
  };

  const warmUp = async () => {
    const everyone = newPeople(warmUpPeople);
    const wanted = warmCallsPerEnvironment * stack.address.environments;
    for (const phase of operations) {
      const { name, prepare, run: runOnce, warm } = phase;
      const people = peopleOf(phase, everyone);
      if (prepare) await Promise.all(people.map(prepare));
      await overAll(people, crowd.concurrency, runOnce);
      const done = isOperation(name) ? client.callsOf(name) : people.length;
      if (warm === undefined || done >= wanted) continue;
      const more = Array.from(
        { length: wanted - done },
        (_, index) => people[index % people.length] ?? newPerson(),
      );
      await overAll(more, crowd.concurrency, warm);
    }
    await stack.quiet();
  };

  const machine = `${availableParallelism()} cores (load before: ${loadavg()[0]?.toFixed(1)}), ${stack.address.engine}, Node ${process.versions.node}`;
  print(`LIT Auth on ${machine}\n`);
  // The first calls start the execution environments.
  await measureAll(operations, { ...cold, people: 2 });
  const coldCosts = new Map<string, Cpu>();
  for (const { phase, cpu } of await measureAll(operations, cold)) coldCosts.set(phase.name, cpu);
  const footprints = await measureFootprints();
  await warmUp();
  const warmCalls = new Map(
    operations.flatMap(({ name }) =>
      isOperation(name) ? [[name, client.callsOf(name) / stack.address.environments] as const] : [],
    ),
  );
  const quiet = await measureAll(operations, alone);
  const wholeLives = await measureAll([life], lives);
  const busy = await measureAll(operations, crowd);
  const floors = {
    "one process": await measureFloor(stack.address.floorEnvironment, 1),
    "two side by side": await measureFloor(stack.address.floorEnvironment, 2),
  };
  const results: Results = {
    machine,
    footprints,
    tables: { [titles.alone]: [...quiet, ...wholeLives], [titles.crowd]: busy },
    floors,
  };

  print(
    `One at a time\n${operationsTable({ measurements: [...quiet, ...wholeLives], floor: floors["one process"], cold: coldCosts, footprints })}`,
  );
  print(
    `${crowd.concurrency} at a time\n${operationsTable({ measurements: busy, floor: floors["two side by side"], footprints })}`,
  );
  print(legend);
  print(floorTable(floors));
  print(`${footprintTable(footprints, warmCalls)}${footprintLegend}`);
  print(aimsTable(aimsOf(results, titles.crowd)));
  return results;
};

await runScript(async () => {
  const { save, compare } = readCommandLine("bench").values;
  const earlier = compare === undefined ? undefined : loadBaseline(compare);
  const stack = await startStackUnderLoad();
  try {
    const baseline = baselineOf(await run(stack));
    if (earlier) print(comparisonText(earlier, baseline));
    if (save !== undefined) saveBaseline(save, baseline);
  } finally {
    await stack.stop();
  }
});
