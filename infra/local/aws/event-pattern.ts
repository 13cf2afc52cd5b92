// The subset of EventBridge's patterns that the templates use. Any other filter stops the start: a
// pattern that is read differently would match other events here than on AWS.
import * as z from "zod";
import { isObject, type JsonObject } from "./json.ts";

type Test = (values: readonly unknown[]) => boolean;
export type EventPattern = (event: JsonObject) => boolean;

const primitive = z.union([z.string(), z.number(), z.boolean(), z.null()]);
const oneOrMore = z.union([z.array(z.string()).min(1), z.string().transform((one) => [one])]);
const filter = z.union([
  primitive.transform(
    (expected): Test =>
      (values) =>
        values.includes(expected),
  ),
  z.strictObject({ prefix: z.string() }).transform(
    ({ prefix }): Test =>
      (values) =>
        values.some(beginsWith([prefix])),
  ),
  z
    .strictObject({ "anything-but": z.union([z.strictObject({ prefix: oneOrMore }), oneOrMore]) })
    .transform(({ "anything-but": excluded }): Test => {
      const isExcluded = Array.isArray(excluded)
        ? (value: unknown) => excluded.includes(String(value))
        : beginsWith(excluded.prefix);
      // Like EventBridge, this does not match a field that is absent.
      return (values) => values.some((value) => !isExcluded(value));
    }),
  z.strictObject({ exists: z.boolean() }).transform(
    ({ exists }): Test =>
      (values) =>
        values.length > 0 === exists,
  ),
]);
const filters = z.array(filter).min(1);

function beginsWith(prefixes: readonly string[]) {
  return (value: unknown): boolean =>
    typeof value === "string" && prefixes.some((prefix) => value.startsWith(prefix));
}

type Condition = { path: readonly string[]; tests: readonly Test[] };

const conditionsOf = (pattern: unknown, path: readonly string[] = []): Condition[] => {
  if (Array.isArray(pattern)) return [{ path, tests: filters.parse(pattern) }];
  if (!isObject(pattern) || Object.keys(pattern).length === 0)
    throw new Error(`the event pattern at ${path.join(".")} is not supported locally`);
  return Object.entries(pattern).flatMap(([name, part]) => {
    if (name.startsWith("$")) throw new Error(`${name} in an event pattern is not supported locally`);
    return conditionsOf(part, [...path, name]);
  });
};

const members = (value: unknown): unknown[] => (Array.isArray(value) ? value.flatMap(members) : [value]);

/** The members of arrays count one by one, as if each were the field itself. */
const valuesAt = (event: unknown, path: readonly string[]): unknown[] => {
  let found = members(event);
  for (const name of path)
    found = found.flatMap((one) => (isObject(one) && name in one ? members(one[name]) : []));
  return found.filter((value) => !isObject(value));
};

export const parseEventPattern = (pattern: unknown): EventPattern => {
  const conditions = conditionsOf(pattern);
  return (event) =>
    conditions.every(({ path, tests }) => {
      const values = valuesAt(event, path);
      return tests.some((test) => test(values));
    });
};
