import { describe, expect, it } from "vitest";
import { parseEventPattern } from "../../../infra/local/aws/event-pattern.ts";

const event = {
  source: "aws.ses",
  count: 3,
  nothing: null,
  list: [],
  detail: {
    status: "5.1.1",
    tags: { "a:b": ["one", "two"] },
    people: [{ status: "5.1.1" }, { status: "4.2.2", seen: true }, { other: [{ deep: "x" }] }],
  },
};

describe("event pattern", () => {
  it.each([
    [{ source: ["aws.ses"] }, true],
    [{ source: ["aws.s3", "aws.ses"] }, true],
    [{ source: ["aws.s3"] }, false],
    [{ count: [3] }, true],
    [{ count: ["3"] }, false],
    [{ nothing: [null] }, true],
    [{ absent: [null] }, false],
    [{ detail: { tags: { "a:b": ["two"] } } }, true],
    [{ detail: { tags: { "a:b": ["three"] } } }, false],
    [{ detail: { status: [{ prefix: "5.1." }] } }, true],
    [{ detail: { status: [{ prefix: "5.11" }] } }, false],
    [{ count: [{ prefix: "3" }] }, false],
    [{ detail: { people: { status: ["4.2.2"] } } }, true],
    [{ detail: { people: { status: [{ prefix: "4." }] } } }, true],
    [{ detail: { people: { status: [{ prefix: "2." }] } } }, false],
    [{ detail: { people: { seen: [true] } } }, true],
    [{ detail: { people: { other: { deep: ["x"] } } } }, true],
    [{ detail: { status: [{ "anything-but": { prefix: "5.1." } }] } }, false],
    [{ detail: { status: [{ "anything-but": { prefix: ["4.", "2."] } }] } }, true],
    [{ detail: { absent: [{ "anything-but": { prefix: "5.1." } }] } }, false],
    [{ detail: { people: { status: [{ "anything-but": { prefix: "5.1." } }] } } }, true],
    [{ source: [{ "anything-but": "aws.ses" }] }, false],
    [{ source: [{ "anything-but": ["aws.s3", "aws.sqs"] }] }, true],
    [{ detail: { status: [{ exists: true }] } }, true],
    [{ detail: { status: [{ exists: false }] } }, false],
    [{ detail: { absent: [{ exists: false }] } }, true],
    [{ absent: { status: [{ exists: false }] } }, true],
    [{ nothing: [{ exists: true }] }, true],
    [{ list: [{ exists: true }] }, false],
    [{ detail: { absent: [{ prefix: "5." }, { exists: false }] } }, true],
    [{ source: ["aws.ses"], detail: { status: ["4.2.2"] } }, false],
  ])("%j matches: %s", (pattern, expected) => {
    expect(parseEventPattern(pattern)(event)).toBe(expected);
  });

  it.each([
    { source: [{ suffix: "ses" }] },
    { source: [{ wildcard: "aws.*" }] },
    { count: [{ numeric: [">", 1] }] },
    { source: [{ "anything-but": { suffix: "x" } }] },
    { source: [{ prefix: { "equals-ignore-case": "AWS" } }] },
    { $or: [{ source: ["a"] }] },
    { source: "aws.ses" },
    { source: [] },
    { detail: {} },
    {},
  ])("%j stops the start", (pattern) => {
    expect(() => parseEventPattern(pattern)).toThrow(/not supported|Invalid|Too small|expected/);
  });
});
