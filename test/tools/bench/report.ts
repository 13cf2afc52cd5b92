// The tables that the benchmark prints.
import { floorOf } from "./floor.ts";
import type { Floor } from "./floor-messages.ts";
import type { Measurement } from "./measure.ts";
import { textTable } from "./text-table.ts";

const head = "operation;p50 ms;p95 ms;per s;CPU ms;function;floor;over;mailer;gateway;endpoint;engine".split(
  ";",
);

export const legend = `CPU ms: all processes of the stack, for one operation and the letter it sends. The next columns split it by process.
function: the function of the operation.
floor: the operation's argon2id hashes (shared/passwords/password-hash.ts), RS256 signatures and checks (node:crypto, 2048 bits)
  and AWS calls (same SDK clients, same endpoint), measured alone in a plain process.
over: function minus floor.
gateway, endpoint: the process of the runner, which also contains queue and mailbox. The gateway's share is the cost of
  "verifyToken, forged" there, because that makes no AWS call.
`;

export const operationsTable = (measurements: readonly Measurement[], floor: Floor): string => {
  const forged = measurements.find(({ phase }) => phase.name === "verifyToken, forged");
  const gatewayShare = forged?.cpu.runner ?? 0;
  const rows = measurements.map(({ phase, p50Milliseconds, p95Milliseconds, perSecond, cpu, calls }) => {
    const gateway = gatewayShare * phase.requests;
    const floorCost = floorOf(floor, phase.work, calls);
    return [
      phase.name,
      ...[p50Milliseconds, p95Milliseconds, perSecond].map((number) => number.toFixed(1)),
      ...[cpu.total, cpu.functions, floorCost, cpu.functions - floorCost].map((number) => number.toFixed(2)),
      ...[cpu.mailer, gateway, Math.max(0, cpu.runner - gateway), cpu.engine].map((number) =>
        number.toFixed(2),
      ),
    ];
  });
  return textTable(head, rows);
};

export const callsTable = (measurements: readonly Measurement[]): string =>
  textTable(
    ["operation", "AWS calls"],
    measurements.map(({ phase, calls }) => [
      phase.name,
      Object.entries(calls)
        .map(([name, times]) => `${name.slice(name.indexOf(":") + 1)} ${Number(times.toFixed(2))}`)
        .join(", "),
    ]),
  );

export const floorTable = (floors: Record<string, Floor>): string => {
  const rowsOf = ({ hash, signature, check, calls }: Floor) => ({
    "argon2id hash": hash,
    "RS256 signature": signature,
    "RS256 check": check,
    ...calls,
  });
  const columns = Object.values(floors).map(rowsOf);
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
