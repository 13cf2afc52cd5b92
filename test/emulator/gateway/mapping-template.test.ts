import { describe, expect, it } from "vitest";
import { compileMappingTemplate, type Scope } from "../../../infra/local/gateway/mapping-template.ts";

const run = (source: string, headers: Record<string, string> = {}) => {
  const scope: Scope = {
    context: { requestId: "r-1", identity: { sourceIp: "127.0.0.1" } },
    header: (name) => headers[name] ?? "",
    query: () => "",
    variables: new Map(),
    overrides: new Map(),
  };
  return { text: compileMappingTemplate(source)(scope), overrides: Object.fromEntries(scope.overrides) };
};

describe("mapping template", () => {
  it.each([
    ["plain text with a price of 5$ and # signs", "plain text with a price of 5$ and # signs"],
    ['{"id":"$context.requestId"}', '{"id":"r-1"}'],
    ["${context.identity.sourceIp}!", "127.0.0.1!"],
    ["$context.nothing", ""],
    ['#set($a = "x")$a', "x"],
    ['#if("a" == "b")no#{else}yes#end', "yes"],
    ['#if(false)1#elseif("a" == "a" && !false)2#else 3#end', "2"],
    ["#if(1 != 1 || true)yes#end", "yes"],
  ])("renders %s as %s", (source, expected) => {
    expect(run(source).text).toBe(expected);
  });

  it("supports both forms in which CDK chooses an origin", () => {
    const compared =
      '#set($origin = $input.params().header.get("Origin"))\n#if($origin == "https://b.example")\n#set($context.responseOverride.header.Access-Control-Allow-Origin = $origin)\n#end';
    const matched =
      '#set($origin = $input.params("Origin"))\n#if($origin.matches("https://.*[.]example"))\n#set($context.responseOverride.header.Access-Control-Allow-Origin = $origin)\n#end';
    for (const source of [compared, matched]) {
      expect(run(source, { Origin: "https://b.example" }).overrides).toEqual({
        "Access-Control-Allow-Origin": "https://b.example",
      });
      expect(run(source, { Origin: "https://evil.test" }).overrides).toEqual({});
    }
  });
});

it.each([
  "#foreach($a in $b)$a#end",
  "$util.escapeJavaScript($a)",
  "#if($a > 1)x#end",
  "#if(true)x",
  "$input.body",
])("%s is refused when it is compiled", (source) => {
  expect(() => compileMappingTemplate(source)).toThrow("not supported locally");
});
