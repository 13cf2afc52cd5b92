import { expect, it } from "vitest";
import { readSettings } from "../../../infra/settings/settings.ts";
import { requiredSettings } from "../synthesised.ts";
import { other, stage } from "./watched-stages.ts";

const tracedIn = (source: typeof stage) =>
  Object.values(source.all("AWS::Lambda::Function")).filter(
    ({ TracingConfig }) => JSON.stringify(TracingConfig) === '{"Mode":"Active"}',
  );

it("one rule samples requests to this stage and nothing else", () => {
  const rules = Object.values(stage.all("AWS::XRay::SamplingRule"));
  expect(rules).toEqual([
    {
      SamplingRule: {
        RuleName: "lit-auth-dev",
        Priority: 1_000,
        Version: 1,
        FixedRate: 0.01,
        ReservoirSize: 0,
        ServiceName: "lit-auth-dev/dev",
        ServiceType: "AWS::ApiGateway::Stage",
        ResourceARN: expect.anything(),
        Host: "*",
        HTTPMethod: "*",
        URLPath: "*",
      },
    },
  ]);
  expect(JSON.stringify(rules)).toMatch(/:apigateway:.*"::\/restapis\/",.*Api.*,"\/stages\/dev"/);
});

it("functions that the API calls follow the stage, and no others trace", () => {
  const names = tracedIn(stage).map(({ FunctionName }) => FunctionName);
  expect(names).toContain("lit-auth-dev-get-me");
  expect(names).toContain("lit-auth-dev-list-users");
  for (const name of ["mailer", "feedback", "create-keys", "rotate-keys"])
    expect(names).not.toContain(`lit-auth-dev-${name}`);
});

it("TRACING=off leaves nothing that records traces", () => {
  expect(other.all("AWS::XRay::SamplingRule")).toEqual({});
  expect(tracedIn(other)).toEqual([]);
  expect(Object.values(other.all("AWS::ApiGateway::Stage"))).toMatchObject([{ TracingEnabled: false }]);
  expect(JSON.stringify(other.stacks)).not.toContain("xray:");
});

it.each(["0", "101", "0.5", "on"])("TRACING=%s is refused", (TRACING) => {
  expect(() => readSettings({ ...requiredSettings, TRACING })).toThrow(/TRACING: must be off or/);
});
