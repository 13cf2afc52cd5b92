// Finds the partition keys that a DynamoDB call names, which IAM calls its leading keys.
import * as z from "zod";
import { isObject } from "../aws/json.ts";
import type { Templates } from "../cloudformation/templates.ts";

/** Gives the name of the key attribute, or undefined if no template has such a table or index. */
export type PartitionKeys = (table: string, index?: string) => string | undefined;

const keySchema = z
  .array(z.object({ AttributeName: z.string(), KeyType: z.string() }))
  .transform((keys) => keys.find(({ KeyType }) => KeyType === "HASH")?.AttributeName);
const indexes = z.array(z.object({ IndexName: z.string(), KeySchema: keySchema })).default([]);
const tableSchema = z.object({
  KeySchema: keySchema,
  GlobalSecondaryIndexes: indexes,
  LocalSecondaryIndexes: indexes,
});

const nameOf = (table: string): string => table.slice(table.lastIndexOf("/") + 1);

export const loadPartitionKeys = (templates: Templates): PartitionKeys => {
  const keys = new Map<string, string | undefined>();
  for (const resource of templates.ofType("AWS::DynamoDB::Table", "AWS::DynamoDB::GlobalTable")) {
    const { ref } = resource.identity();
    const table = tableSchema.parse(resource.properties());
    keys.set(ref, table.KeySchema);
    for (const { IndexName, KeySchema } of [...table.GlobalSecondaryIndexes, ...table.LocalSecondaryIndexes])
      keys.set(`${ref}/${IndexName}`, KeySchema);
  }
  return (table, index) => keys.get(index === undefined ? nameOf(table) : `${nameOf(table)}/${index}`);
};

/** No stored key is empty, so only `*` matches this. */
const unknownKey = "";

/** For example `{ S: "user#1" }`. Other values than texts and numbers can't be keys. */
const value = z.record(z.string(), z.unknown()).transform((typed) => {
  const [text] = Object.values(typed);
  return typeof text === "string" ? text : unknownKey;
});
const attributes = z.record(z.string(), value);
const querySchema = z.object({
  KeyConditionExpression: z.string(),
  ExpressionAttributeNames: z.record(z.string(), z.string()).default({}),
  ExpressionAttributeValues: attributes.default({}),
});

const keyIn = (item: unknown, name: string): string => {
  const typed = isObject(item) ? item[name] : undefined;
  const [text] = isObject(typed) ? Object.values(typed) : [];
  return typeof text === "string" ? text : unknownKey;
};

/** Of a call that wrongly has both, both count, whichever of them the engine uses. */
export const keysOfItem = (part: unknown, name = ""): string[] => {
  const { Key, Item } = isObject(part) ? part : {};
  const found = [Key, Item].flatMap((one) => (one === undefined ? [] : [keyIn(one, name)]));
  return found.length === 0 ? [unknownKey] : found;
};

const equality = /([#\w.-]+)\s*=\s*(:\w+)/g;

export const keysOfQuery = (parameters: unknown, name: string | undefined): string[] => {
  const query = querySchema.safeParse(parameters);
  if (!query.success) return [unknownKey];
  const { KeyConditionExpression, ExpressionAttributeNames, ExpressionAttributeValues } = query.data;
  const found = [...KeyConditionExpression.matchAll(equality)].flatMap(([, left = "", right = ""]) =>
    (ExpressionAttributeNames[left] ?? left) === name ? [ExpressionAttributeValues[right] ?? unknownKey] : [],
  );
  return found.length === 0 ? [unknownKey] : found;
};
