import { describe, expect, it } from "vitest";
import type { Grant } from "../../../infra/grants/grant.ts";
import { grants } from "../../../infra/grants/grants.ts";
import { contract, type OperationName } from "../../../shared/contract/contract.ts";
import type { Operation } from "../../../shared/contract/operation.ts";
import { methodThrottles } from "../../../infra/api/throttles.ts";
import { readSettings } from "../../../infra/settings/settings.ts";
import { requiredSettings, synthesiseStage } from "../synthesised.ts";

const stage = synthesiseStage();
const operations = Object.entries<Operation>(contract) as [OperationName, Operation][];
const hashing = new Set(
  Object.entries<Grant>(grants).flatMap(([name, { hashes }]) => (hashes ? [name] : [])),
);

describe("throttles", () => {
  const [deployed] = Object.values(stage.all("AWS::ApiGateway::Stage"));
  const settings = deployed?.["MethodSettings"] as Record<string, unknown>[];
  const settingOf = ({ method, path }: Operation) => {
    const ResourcePath = `/${path.replace(/\/$/, "").replaceAll("/", "~1")}`;
    return settings.find((one) => one["HttpMethod"] === method && one["ResourcePath"] === ResourcePath);
  };

  it("are lowest for operations that hash, then for public POSTs [ASVS 15.2.2]", () => {
    for (const [name, operation] of operations) {
      const rate = settingOf(operation)?.["ThrottlingRateLimit"];
      const isPublicPost = operation.caller === "public" && operation.method === "POST";
      expect([name, rate]).toEqual([name, hashing.has(name) ? 40 : isPublicPost ? 50 : undefined]);
    }
    // All other operations have the throttle of the stage.
    expect(settings).toContainEqual(
      expect.objectContaining({ HttpMethod: "*", ResourcePath: "/*", ThrottlingRateLimit: 100 }),
    );
  });

  it.each([
    ["0", "60", 60],
    ["10", "60", 10],
    ["10", "4", 4],
  ])("cut, at concurrency %s, bursts of %s to %i", (concurrency, burst, expected) => {
    const texts = { HASHING_CONCURRENCY: concurrency, THROTTLE_HASHING_BURST_REQUESTS: burst };
    const throttles = Object.values(methodThrottles(readSettings({ ...requiredSettings, ...texts })));
    const ofHashing = throttles.filter(({ throttlingRateLimit }) => throttlingRateLimit === 40);
    expect(ofHashing.map(({ throttlingBurstLimit }) => throttlingBurstLimit)).toEqual(
      Array(hashing.size).fill(expected),
    );
  });

  it("are in the template with the concurrency that they spare", () => {
    const reserved = synthesiseStage({ HASHING_CONCURRENCY: "10" });
    const numbersOf = (type: string, name: string) =>
      JSON.stringify(reserved.all(type)).match(new RegExp(`"${name}":\\d+`, "g")) ?? [];
    const bursts = numbersOf("AWS::ApiGateway::Stage", "ThrottlingBurstLimit");
    expect(bursts.filter((text) => text.endsWith(":10"))).toHaveLength(hashing.size);
    expect(numbersOf("AWS::Lambda::Function", "ReservedConcurrentExecutions")).toEqual(
      Array(hashing.size).fill('"ReservedConcurrentExecutions":10'),
    );
  });

  it("have no data trace, which would log passwords and tokens [ASVS 13.4.2]", () => {
    for (const one of settings) expect(one).toMatchObject({ DataTraceEnabled: false });
    for (const one of settings) expect(one).not.toHaveProperty("LoggingLevel");
  });
});
