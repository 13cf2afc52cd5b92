// The tables that the benchmark prints.
import { floorOf } from "./floor.ts";
import type { Floor } from "./floor-messages.ts";
import { unitsWithLetter, type Footprint } from "./footprint.ts";
import type { Cpu, Measurement } from "./measure.ts";
import { textTable } from "../text-table.ts";

const head =
  "operation;p50 ms;p95 ms;per s;CPU ms;low;high;cold;function;floor;over;mailer;gateway;endpoint;engine;write units;read units".split(
    ";",
  );

export const legend = `CPU ms: all processes of the stack, for one operation and the letter it sends. low, high: the same in the
  cheapest and dearest part of the run. The columns after "cold" split it by process.
cold: the same for the first calls of new execution environments, after one that starts them.
function: the function of the operation.
floor: the operation's argon2id hashes (shared/passwords/password-hash.ts), RS256 signatures and checks (node:crypto, 2048 bits)
  and AWS calls (same SDK clients, same endpoint), measured alone and warm in a plain process.
over: function minus floor.
gateway, endpoint: the process of the runner, which also contains queue and mailbox. The gateway's share is the cost of
  "verifyToken, forged" there, because that makes no AWS call.
write units, read units: what DynamoDB bills for the operation and its letter.
`;

const fixed = (number: number | undefined, digits: number) =>
  number === undefined ? "-" : number.toFixed(digits);

type Rows = {
  measurements: readonly Measurement[];
  floor: Floor;
  cold?: ReadonlyMap<string, Cpu>;
  footprints: ReadonlyMap<string, Footprint>;
};

export const operationsTable = ({ measurements, floor, cold, footprints }: Rows): string => {
  const forged = measurements.find(({ phase }) => phase.name === "verifyToken, forged");
  const gatewayShare = forged?.cpu.runner ?? 0;
  const rows = measurements.map(
    ({ phase, p50Milliseconds, p95Milliseconds, perSecond, cpu, spread, calls }) => {
      const gateway = gatewayShare * phase.requests;
      const floorCost = floorOf(floor, phase.work, calls);
      const footprint = footprints.get(phase.name);
      const units = footprint && unitsWithLetter(footprint);
      return [
        phase.name,
        ...[p50Milliseconds, p95Milliseconds, perSecond.median].map((number) => fixed(number, 1)),
        ...[cpu.total, spread.total.low, spread.total.high].map((number) => fixed(number, 2)),
        fixed(cold?.get(phase.name)?.total, 2),
        ...[cpu.functions, floorCost, cpu.functions - floorCost].map((number) => fixed(number, 2)),
        ...[cpu.mailer, gateway, Math.max(0, cpu.runner - gateway), cpu.engine].map((number) =>
          fixed(number, 2),
        ),
        fixed(units?.write, 1),
        fixed(units?.read, 1),
      ];
    },
  );
  return textTable(head, rows);
};

const shortName = (action: string) => action.slice(action.indexOf(":") + 1);

export const footprintTable = (
  footprints: ReadonlyMap<string, Footprint>,
  warmCalls: ReadonlyMap<string, number>,
): string =>
  textTable(
    ["operation", "calls before", "trips", "write", "read", "mailer write", "mailer read", "AWS calls"],
    [...footprints].map(([name, { calls, units, mailer, trips }]) => [
      name,
      fixed(warmCalls.get(name), 0),
      fixed(trips, 0),
      ...[units.write, units.read, mailer.write, mailer.read].map((number) => fixed(number, 1)),
      Object.entries(calls)
        .map(([action, times]) => `${shortName(action)} ${Number(times.toFixed(2))}`)
        .join(", "),
    ]),
  );

export const footprintLegend = `calls before: what each execution environment had answered when the table "one at a time" began.
trips: AWS calls one after the other. write, read: DynamoDB's units for the operation. mailer: those for its letter. Secrets are left out,
  because a function reads them once in five minutes.
`;

export const floorRows = ({ hash, signature, check, calls }: Floor): Record<string, number> => ({
  "argon2id hash": hash,
  "RS256 signature": signature,
  "RS256 check": check,
  ...calls,
});

export const floorTable = (floors: Record<string, Floor>): string => {
  const columns = Object.values(floors).map(floorRows);
  const names = Object.keys(columns[0] ?? {});
  const numbers = columns.map((column) => Object.values(column));
  return textTable(
    ["floor, CPU ms", ...Object.keys(floors)],
    names.map((name, row) => [name, ...numbers.map((column) => (column[row] ?? 0).toFixed(2))]),
  );
};

export const aimsTable = (rows: readonly { what: string; result: number; aim: string }[]): string =>
  textTable(
    ["", "result", "aim"],
    rows.map(({ what, result, aim }) => [what, result.toFixed(1), aim]),
  );
