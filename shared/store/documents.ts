// Translates between plain values and DynamoDB's typed attributes, such as `{ "S": "text" }`.
import type { AttributeValue } from "@aws-sdk/client-dynamodb";
import { marshall, unmarshall } from "@aws-sdk/util-dynamodb";

export type Item = Record<string, unknown>;

type TypedItem = Record<string, AttributeValue>;

/** An input of the SDK with plain values in place of typed attributes. */
export type Plain<Input> = Input extends TypedItem
  ? Item
  : Input extends readonly (infer Element)[]
    ? Plain<Element>[]
    : Input extends object
      ? { [Name in keyof Input]: Plain<Input[Name]> }
      : Input;

const itemMembers = new Set(["Key", "Item", "ExpressionAttributeValues", "ExclusiveStartKey"]);

export const typedItem = (item: Item): TypedItem => marshall(item, { removeUndefinedValues: true });

const isObject = (value: unknown): value is Item =>
  typeof value === "object" && value !== null && !Array.isArray(value);

const typedMember = (name: string, value: unknown): unknown =>
  itemMembers.has(name) && isObject(value) ? typedItem(value) : typedValue(value);

const typedValue = (value: unknown): unknown => {
  if (Array.isArray(value)) return value.map(typedValue);
  if (!isObject(value)) return value;
  return Object.fromEntries(Object.entries(value).map(([name, member]) => [name, typedMember(name, member)]));
};

export const typed = <Input extends object>(input: Plain<Input>): Input => typedValue(input) as Input;

export const plain = (item: TypedItem): Item => unmarshall(item);
