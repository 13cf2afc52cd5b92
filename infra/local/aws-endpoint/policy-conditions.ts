// The conditions that our templates use. Any other operator or key stops the start: it could allow
// here what AWS denies.
import * as z from "zod";

export type Context = Readonly<Record<string, readonly string[]>>;
export type Condition = (context: Context) => boolean;

const oneOrMore = z.union([z.array(z.coerce.string()), z.coerce.string().transform((one) => [one])]);
const conditionSchema = z.record(z.string(), z.record(z.string(), oneOrMore));

const patterns = new Map<string, RegExp>();
export const matches = (pattern: string, value: string, flags = ""): boolean => {
  let expression = patterns.get(pattern + flags);
  if (expression === undefined) {
    const escaped = pattern.replace(/[.+^${}()|[\]\\]/g, "\\$&");
    expression = new RegExp(`^${escaped.replaceAll("*", ".*").replaceAll("?", ".")}$`, `s${flags}`);
    patterns.set(pattern + flags, expression);
  }
  return expression.test(value);
};

const arnMatches = (pattern: string, value: string): boolean => {
  const parts = (arn: string) => [...arn.split(":", 5), arn.split(":").slice(5).join(":")];
  const actual = parts(value);
  return parts(pattern).every((part, index) => matches(part, actual[index] ?? ""));
};

type Comparison = (expected: string, actual: string) => boolean;
const equals: Comparison = (expected, actual) => expected === actual;
const comparisons: Record<string, Comparison> = {
  Bool: equals,
  StringEquals: equals,
  StringLike: matches,
  ArnEquals: arnMatches,
  ArnLike: arnMatches,
};
const negated: Record<string, Comparison> = {
  StringNotEquals: equals,
  StringNotLike: matches,
  ArnNotEquals: arnMatches,
  ArnNotLike: arnMatches,
};
const singleValued = new Set(["aws:SecureTransport", "aws:PrincipalArn", "aws:SourceArn", "ses:FromAddress"]);
const multivalued = new Set(["dynamodb:LeadingKeys"]);
const forAllValues = "ForAllValues:";

const conditionOn = (operator: string, key: string, expected: readonly string[]): Condition => {
  const isAmong = (compare: Comparison) => (actual: string) => expected.some((one) => compare(one, actual));
  const each = operator.startsWith(forAllValues)
    ? comparisons[operator.slice(forAllValues.length)]
    : undefined;
  // Like AWS, this holds if the request has no value at all.
  if (each && multivalued.has(key)) return ({ [key]: actual = [] }) => actual.every(isAmong(each));
  const [positive, negative] = [comparisons[operator], negated[operator]];
  if (positive && singleValued.has(key)) return ({ [key]: actual = [] }) => actual.some(isAmong(positive));
  if (negative && singleValued.has(key)) return ({ [key]: actual = [] }) => !actual.some(isAmong(negative));
  throw new Error(`the condition ${operator} on ${key} is not supported locally`);
};

export const parseConditions = (condition: Record<string, unknown>): Condition[] =>
  Object.entries(conditionSchema.parse(condition)).flatMap(([operator, expectations]) =>
    Object.entries(expectations).map(([key, expected]) => conditionOn(operator, key, expected)),
  );
