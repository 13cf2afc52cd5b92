import { expect, it } from "vitest";
import { filterOf } from "../../support/logs/filter-pattern.ts";

it.each<[string, object, boolean]>([
  ['{ $.event = "refused" }', { event: "refused" }, true],
  ['{ $.event = "refused" }', { event: "limited" }, false],
  ['{ $.event = "refused" }', {}, false],
  ['{ ($.a = "x") && (($.b = "y") || ($.b = "z")) }', { a: "x", b: "z" }, true],
  ['{ ($.a = "x") && (($.b = "y") || ($.b = "z")) }', { a: "x", b: "n" }, false],
  ['{ $.status = "5*" }', { status: "503" }, true],
  ['{ $.status = "5*" }', { status: "405" }, false],
  ['{ $.gatewayResponse != "THROTTLED" }', { gatewayResponse: "-" }, true],
  ['{ $.error.name = "A.B" }', { error: { name: "AxB" } }, false],
])("%s on %j: %s", (pattern, line, expected) => {
  expect(filterOf(pattern)(JSON.stringify(line))).toBe(expected);
});

it("other lines match nothing", () => {
  expect(filterOf('{ $.a != "b" }')("START RequestId: 1")).toBe(false);
});

it.each(["$.a = 1", '{ $.a = "b"', "{ $.a IS NULL }", '{ a = "b" }', "{ $.a > 1 }"])(
  "the pattern %s is refused",
  (pattern) => {
    expect(() => filterOf(pattern)('{"a":"b"}')).toThrow(Error);
  },
);
