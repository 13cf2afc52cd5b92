// Turns what was measured into a baseline, and picks the numbers with aims.
import type { Baseline } from "./baseline.ts";
import type { Floor } from "./floor-messages.ts";
import { unitsWithLetter, type Footprint } from "./footprint.ts";
import type { Measurement } from "./measure.ts";
import { floorRows } from "./report.ts";

export type Results = {
  machine: string;
  footprints: ReadonlyMap<string, Footprint>;
  /** Measurements by title, such as "one at a time". */
  tables: Record<string, readonly Measurement[]>;
  floors: Record<string, Floor>;
};

const exactColumns = ({ calls, units, mailer, trips }: Footprint): Record<string, number> => ({
  "write units": units.write,
  "read units": units.read,
  "mailer's write units": mailer.write,
  "mailer's read units": mailer.read,
  ...(trips !== undefined && { trips }),
  ...calls,
});

export const baselineOf = ({ machine, footprints, tables, floors }: Results): Baseline => {
  const measured: Baseline["measured"] = {};
  for (const [title, measurements] of Object.entries(tables))
    for (const { phase, spread, perSecond } of measurements)
      measured[`${phase.name}, ${title}`] = {
        "CPU ms": spread.total,
        "function CPU ms": spread.functions,
        "per s": perSecond,
      };
  // A floor is one mean, so its spread is only a guess.
  for (const [title, floor] of Object.entries(floors))
    for (const [name, value] of Object.entries(floorRows(floor)))
      measured[`floor: ${name}, ${title}`] = {
        "CPU ms": { median: value, low: value * 0.95, high: value * 1.05 },
      };
  const exact = [...footprints].map(([name, footprint]) => [name, exactColumns(footprint)] as const);
  return { machine, exact: Object.fromEntries(exact), measured };
};

export const aimsOf = ({ footprints, tables }: Results, crowd: string) => {
  const row = (name: string) => tables[crowd]?.find(({ phase }) => phase.name === name);
  const life = Object.values(tables)
    .flat()
    .find(({ phase }) => phase.name === "whole life");
  const units = (...names: string[]) =>
    names.reduce((sum, name) => {
      const footprint = footprints.get(name);
      return sum + (footprint ? unitsWithLetter(footprint).write : NaN);
    }, 0);
  return [
    { what: "CPU ms for a whole life", result: life?.cpu.total ?? NaN, aim: "at most 160" },
    {
      what: "sign-ins a second, 16 at a time",
      result: row("sign-in")?.perSecond.median ?? NaN,
      aim: "at least 33",
    },
    {
      what: "getMe a second, 16 at a time",
      result: row("getMe")?.perSecond.median ?? NaN,
      aim: "at least 950",
    },
    { what: "getMe, CPU ms, 16 at a time", result: row("getMe")?.cpu.total ?? NaN, aim: "at most 1.7" },
    {
      what: "refreshToken a second, 16 at a time",
      result: row("refreshToken")?.perSecond.median ?? NaN,
      aim: "at least 520",
    },
    {
      what: "refreshToken, CPU ms, 16 at a time",
      result: row("refreshToken")?.cpu.total ?? NaN,
      aim: "at most 3.4",
    },
    {
      what: "write units of register and activate",
      result: units("createUser", "activateUser"),
      aim: "at most 26",
    },
    { what: "write units of a sign-in, new device", result: units("sign-in"), aim: "at most 11" },
    {
      what: "write units of a sign-in, known device",
      result: units("sign-in, known device"),
      aim: "at most 9",
    },
  ];
};
