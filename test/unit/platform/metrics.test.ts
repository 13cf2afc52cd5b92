import { afterEach, beforeEach, expect, it, vi } from "vitest";

beforeEach(() => {
  vi.resetModules();
  vi.stubEnv("POWERTOOLS_DEV", "true");
  vi.stubEnv("POWERTOOLS_METRICS_DISABLED", "false");
  vi.stubEnv("METRICS_NAMESPACE", "LitAuth/dev");
});
afterEach(() => {
  vi.unstubAllEnvs();
  vi.restoreAllMocks();
});

const writtenFor = async (name: "BreachCheckFailed" | "ChallengeCheckFailed"): Promise<object[]> => {
  const write = vi.spyOn(console, "log").mockImplementation(() => {});
  const { countMetric } = await import("../../../shared/platform/metrics.ts");
  countMetric(name);
  return write.mock.calls.map(([line]): object => JSON.parse(String(line)));
};

it.each(["BreachCheckFailed", "ChallengeCheckFailed"] as const)("%s belongs to the stage", async (name) => {
  vi.stubEnv("AWS_LAMBDA_INITIALIZATION_TYPE", "on-demand");
  expect(await writtenFor(name)).toMatchObject([
    {
      _aws: {
        CloudWatchMetrics: [
          { Namespace: "LitAuth/dev", Dimensions: [["service"]], Metrics: [{ Name: name, Unit: "Count" }] },
        ],
      },
      service: "lit-auth",
      [name]: 1,
    },
  ]);
});

it("commands count nothing", async () => {
  vi.stubEnv("AWS_LAMBDA_INITIALIZATION_TYPE", undefined);
  vi.stubEnv("METRICS_NAMESPACE", undefined);
  expect(await writtenFor("BreachCheckFailed")).toEqual([]);
});
