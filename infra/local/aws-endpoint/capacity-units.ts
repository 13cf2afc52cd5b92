// Counts the read and write units that DynamoDB would bill, by principal and action. It asks the
// engine for them, which costs a second serialisation, so it is off unless a bench or a test turns
// it on. No engine reports the units of a failed condition, which DynamoDB bills like the write.
// They are computed from the item in the request and the one that the refusal returns.
import * as z from "zod";
import type { Answer } from "../aws/forwarder.ts";
import type { Call } from "./required-access.ts";

export type Units = { read: number; write: number };
/** By principal, then by action, such as `dynamodb:PutItem`. */
export type UnitCounts = Record<string, Record<string, Units>>;

const actionsThatRead = new Set(["GetItem", "BatchGetItem", "TransactGetItems", "Query", "Scan"]);
const actionsThatWrite = new Set([
  "PutItem",
  "UpdateItem",
  "DeleteItem",
  "BatchWriteItem",
  "TransactWriteItems",
]);
const bytesPerWriteUnit = 1024;
/** DynamoDB writes each item of a transaction twice: to prepare it and to commit it. */
const writesPerTransactedItem = 2;

type Attributes = Record<string, unknown>;
const attributes = z.record(z.string(), z.unknown());
const write = z.object({ Item: attributes.optional() });
const transactedWrites = z.object({ TransactItems: z.array(z.record(z.string(), write)) });
const refusedWrite = z.object({ Item: attributes.optional() });
const reason = refusedWrite.extend({ Code: z.string().optional() });
const refusedTransaction = z.object({ CancellationReasons: z.array(reason).default([]) });
const oneCapacity = z.object({ CapacityUnits: z.number() });
const consumed = z
  .union([oneCapacity.transform((one) => [one]), z.array(oneCapacity)])
  .transform((all) => all.reduce((sum, { CapacityUnits }) => sum + CapacityUnits, 0));
const answerWithUnits = z.looseObject({ ConsumedCapacity: consumed });
const failure = z.looseObject({ __type: z.string() }).transform(({ __type: type, ...error }) => ({
  type: type.slice(type.indexOf("#") + 1),
  ...error,
}));

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === "object" && value !== null && !Array.isArray(value);

/** The size of a value in DynamoDB's JSON, such as `{ "S": "text" }`, by AWS's published rules. */
const sizeOfValue = (value: unknown): number => {
  if (!isObject(value)) return 0;
  const [entry] = Object.entries(value);
  if (entry === undefined) return 0;
  const [type, held] = entry;
  if (type === "N") return Math.ceil(String(held).replace(/^-?0*|\.|0*$/g, "").length / 2) + 1;
  if (type === "B") return Buffer.byteLength(String(held), "base64");
  if (type === "BOOL" || type === "NULL") return 1;
  if (type === "M" && isObject(held)) return 3 + Object.keys(held).length + sizeOfItem(held);
  if (type === "L" && Array.isArray(held))
    return held.reduce<number>((sum, part) => sum + 1 + sizeOfValue(part), 3);
  if (Array.isArray(held))
    return held.reduce<number>((sum, part) => sum + sizeOfValue({ [type.charAt(0)]: part }), 0);
  return Buffer.byteLength(String(held));
};
const sizeOfItem = (item: Attributes): number =>
  Object.entries(item).reduce((sum, [name, value]) => sum + Buffer.byteLength(name) + sizeOfValue(value), 0);

export const writeUnitsOf = (...versions: (Attributes | undefined)[]): number =>
  Math.max(1, ...versions.map((item) => (item ? Math.ceil(sizeOfItem(item) / bytesPerWriteUnit) : 0)));

/** Of all failures, DynamoDB bills only failed conditions. */
const unitsOfFailure = (parameters: unknown, answer: unknown): number => {
  const { data: error } = failure.safeParse(answer);
  if (error?.type === "ConditionalCheckFailedException")
    return writeUnitsOf(write.parse(parameters).Item, refusedWrite.parse(error).Item);
  if (error?.type !== "TransactionCanceledException") return 0;
  const { CancellationReasons } = refusedTransaction.parse(error);
  if (!CancellationReasons.some(({ Code }) => Code === "ConditionalCheckFailed")) return 0;
  return transactedWrites
    .parse(parameters)
    .TransactItems.flatMap((part) => Object.values(part))
    .reduce(
      (sum, { Item }, index) =>
        sum + writesPerTransactedItem * writeUnitsOf(Item, CancellationReasons[index]?.Item),
      0,
    );
};

export const createUnitCounter = () => {
  let counts: UnitCounts = {};
  let isOn = false;

  const add = (principal: string, operation: string, amount: number): void => {
    const own = ((counts[principal] ??= {})[`dynamodb:${operation}`] ??= { read: 0, write: 0 });
    own[actionsThatWrite.has(operation) ? "write" : "read"] += amount;
  };

  return {
    countUnits: (on: boolean): void => {
      isOn = on;
    },
    units: (): UnitCounts => structuredClone(counts),
    resetUnits: (): void => {
      counts = {};
    },
    /** Forwards a call to DynamoDB. The caller gets the answer without what it didn't ask for. */
    measured: async (
      principal: string,
      { service, operation, parameters }: Call,
      body: Buffer,
      forward: (body: Buffer) => Promise<Answer>,
    ): Promise<Answer> => {
      const isCounted = actionsThatRead.has(operation) || actionsThatWrite.has(operation);
      if (!isOn || service !== "dynamodb" || !isCounted || !isObject(parameters)) return forward(body);
      const hasAsked = (parameters["ReturnConsumedCapacity"] ?? "NONE") !== "NONE";
      const asking = hasAsked
        ? body
        : Buffer.from(JSON.stringify({ ...parameters, ReturnConsumedCapacity: "TOTAL" }));
      const answer = await forward(asking);
      const answered: unknown = JSON.parse(answer.body.toString());
      if (answer.status !== 200) {
        add(principal, operation, unitsOfFailure(parameters, answered));
        return answer;
      }
      const { ConsumedCapacity, ...rest } = answerWithUnits.parse(answered);
      add(principal, operation, ConsumedCapacity);
      if (hasAsked) return answer;
      const { "x-amz-crc32": _, ...headers } = answer.headers;
      return { ...answer, headers, body: Buffer.from(JSON.stringify(rest)) };
    },
  };
};
