// What one operation asks of AWS: calls, round trips in sequence and DynamoDB's units. The machine
// doesn't change these numbers, so any difference to a baseline is a change of the code.
import type { UnitCounts, Units } from "../../../../infra/local/aws-endpoint/capacity-units.ts";
import { pascalCase } from "../../../../infra/naming.ts";
import { contract } from "../../../../shared/contract/contract.ts";
import { callsWithoutMailer, mailer } from "./mailer-calls.ts";
import type { Person, Phase } from "../load/phases.ts";
import type { StackUnderLoad } from "../load/stack-under-load.ts";

export type Footprint = {
  /** By action, without the mailer's, and without secrets, which are read every five minutes. */
  calls: Record<string, number>;
  units: Units;
  /** The units of the letter that the operation sends. */
  mailer: Units;
  /** Calls one after the other. Only single operations have them. */
  trips: number | undefined;
};

/** Much longer than parallel calls lie apart, also while other programs use the machine. */
const tripMilliseconds = 150;

export const sumOfUnits = (counts: UnitCounts, isIncluded: (principal: string) => boolean): Units => {
  const sum = { read: 0, write: 0 };
  for (const [principal, actions] of Object.entries(counts))
    for (const { read, write } of isIncluded(principal) ? Object.values(actions) : []) {
      sum.read += read;
      sum.write += write;
    }
  return sum;
};

export const unitsWithLetter = ({ units, mailer }: Footprint): Units => ({
  read: units.read + mailer.read,
  write: units.write + mailer.write,
});

const isMailer = (principal: string) => principal.startsWith(mailer);
const differenceOf = (after: Units, before: Units, count: number): Units => ({
  read: (after.read - before.read) / count,
  write: (after.write - before.write) / count,
});

const runFor = async ({ run }: Phase, people: readonly Person[]) => {
  for (const person of people) await run(person);
};

/** A busy machine or a secret that is read again only adds trips, so the least is the truth. */
const tripsOf = async (stack: StackUnderLoad, phase: Phase, people: readonly Person[]) => {
  if (!(phase.name in contract)) {
    await runFor(phase, people);
    return undefined;
  }
  const trips: number[] = [];
  for (const person of people)
    trips.push(await stack.countTrips(pascalCase(phase.name), tripMilliseconds, () => phase.run(person)));
  return Math.min(...trips);
};

/** `counted` and `timed` are different people, because most operations change their person. */
export const measureFootprint = async (
  stack: StackUnderLoad,
  phase: Phase,
  { counted, timed }: { counted: readonly Person[]; timed: readonly Person[] },
): Promise<Footprint> => {
  if (phase.prepare) await Promise.all([...counted, ...timed].map(phase.prepare));
  const before = await stack.snapshot();
  await stack.countUnits(true);
  await runFor(phase, counted);
  const after = await stack.snapshot();
  await stack.countUnits(false);
  const [callsBefore, callsAfter] = [before, after].map(({ calls }) => callsWithoutMailer(calls));
  const calls = Object.entries(callsAfter ?? {})
    .filter(([name]) => !name.startsWith("secretsmanager:"))
    .map(([name, total]) => [name, (total - (callsBefore?.[name] ?? 0)) / counted.length] as const)
    .filter(([, times]) => times > 0);
  const unitsOf = (isIncluded: (principal: string) => boolean) =>
    differenceOf(sumOfUnits(after.units, isIncluded), sumOfUnits(before.units, isIncluded), counted.length);
  return {
    calls: Object.fromEntries(calls),
    units: unitsOf((principal) => !isMailer(principal)),
    mailer: unitsOf(isMailer),
    trips: await tripsOf(stack, phase, timed),
  };
};
