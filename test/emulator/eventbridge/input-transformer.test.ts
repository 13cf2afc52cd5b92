import { describe, expect, it } from "vitest";
import { parseInputTransformer } from "../../../infra/local/eventbridge/input-transformer.ts";

const event = { id: "1", detail: { text: 'a "quote" and <id>', list: ["x"], count: 2, nothing: null } };
const transformed = (InputTemplate: string, InputPathsMap: Record<string, string> = {}) =>
  parseInputTransformer({ InputTemplate, InputPathsMap })(event);

describe("input transformer", () => {
  it("puts values of any type where the template names them", () => {
    const paths = { text: "$.detail.text", list: "$.detail.list", count: "$.detail.count", id: "$.id" };
    expect(
      JSON.parse(transformed('{"a":"fixed","b":<text>,"c":<list>,"d":[<count>,<id>]}', paths) ?? ""),
    ).toEqual({ a: "fixed", b: event.detail.text, c: ["x"], d: [2, "1"] });
    expect(transformed('{"a":<nothing>}', { nothing: "$.detail.nothing" })).toBe('{"a":null}');
  });

  it("makes nothing if the event lacks a path", () => {
    expect(transformed('{"a":<absent>}', { absent: "$.detail.absent.deep" })).toBeUndefined();
  });

  it.each([
    ['{"a":<id>}', {}],
    ['{"a":"id <id>"}', { id: "$.id" }],
    ['{"a":<id>', { id: "$.id" }],
    ['{"a":<id>}', { id: "$.list[0]" }],
    ['{"a":<id>}', { id: "$..id" }],
    ['{"a":<id>}', { id: "$.a:b" }],
    ['{"a":<aws.events.event>}', {}],
  ])("%s with %j stops the start", (template, paths) => {
    expect(() => transformed(template, paths)).toThrow(/supported locally|no path/);
  });
});
