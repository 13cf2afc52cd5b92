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

const typedMember = (name: string, value: unknown): unknown => {
  if (itemMembers.has(name) && value !== undefined) return marshall(value, { removeUndefinedValues: true });
  return name === "Keys" && Array.isArray(value) ? value.map((key) => marshall(key)) : typedValue(value);
};

const typedValue = (value: unknown): unknown => {
  if (Array.isArray(value)) return value.map(typedValue);
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([name, member]) => [name, typedMember(name, member)]));
};

export const typed = <Input extends object>(input: Plain<Input>): Input => typedValue(input) as Input;

export const plain = (item: TypedItem): Item => unmarshall(item);
