// API Gateway serves a snapshot, so a change takes effect only with a new deployment.
import { App, Stack } from "aws-cdk-lib";
import { RestApi, type IRestApi } from "aws-cdk-lib/aws-apigateway";
import { Template } from "aws-cdk-lib/assertions";
import { Function } from "aws-cdk-lib/aws-lambda";
import { describe, expect, it } from "vitest";
import { addRoute } from "../../../infra/api/api-routes.ts";
import { deployApi } from "../../../infra/api/deployed-stage.ts";
import { addGatewayResponses } from "../../../infra/api/gateway-responses.ts";
import { createRestApi } from "../../../infra/api/bare-api.ts";
import { readSettings } from "../../../infra/settings/settings.ts";
import { removalPolicyOf } from "../../../infra/data/removal-policy.ts";
import { requiredSettings, synthesiseStage } from "../synthesised.ts";

const settings = readSettings(requiredSettings);
const stage = synthesiseStage();

describe("deployment of a stage", () => {
  const idFor = (texts: Record<string, string>) => {
    const [id] = Object.keys(synthesiseStage(texts, { anew: true }).all("AWS::ApiGateway::Deployment"));
    return id;
  };
  const [id] = Object.keys(stage.all("AWS::ApiGateway::Deployment"));

  it("changes with the allowed origins", () => {
    expect(idFor({ ALLOWED_ORIGINS: "https://app.example" })).not.toBe(id);
  });

  it("doesn't change with functions and limits", () => {
    expect(idFor({})).toBe(id);
    const limits = { THROTTLE_REQUESTS_PER_SECOND: "7", LOG_RETENTION_DAYS: "14", WAF: "on" };
    expect(idFor({ ...limits, TOKEN_AUDIENCE: "others", HASHING_CONCURRENCY: "7" })).toBe(id);
  });

  it("is the stage's, and depends on every path, method and response", () => {
    expect(stage.one("AWS::ApiGateway::Stage", "Stage").Properties).toMatchObject({
      DeploymentId: { Ref: id },
    });
    const shown = ["Resource", "Method", "GatewayResponse"].flatMap((type) =>
      Object.keys(stage.all(`AWS::ApiGateway::${type}`)),
    );
    const [deployment] = stage.stacks.flatMap(({ template }) => template.Resources[id ?? ""] ?? []);
    expect(new Set(deployment?.["DependsOn"] as string[])).toEqual(new Set(shown));
  });
});

describe("deployment of an API", () => {
  type Change = {
    path?: string;
    method?: string;
    function?: string;
    compress?: number;
    besides?: (api: IRestApi) => void;
  };
  const idAfter = ({ path = "/one/", method = "GET", function: name = "one", ...change }: Change = {}) => {
    const stack = new Stack(new App(), "Stack");
    const bareApi = createRestApi(stack, settings);
    if (change.compress) bareApi.minimumCompressionSize = change.compress;
    const api = RestApi.fromRestApiAttributes(stack, "Routes", {
      restApiId: bareApi.ref,
      rootResourceId: bareApi.attrRootResourceId,
    });
    addRoute(api, path, { [method]: Function.fromFunctionName(stack, "Function", name) }, settings);
    change.besides?.(api);
    deployApi(stack, { bareApi, api, settings }, removalPolicyOf(settings));
    const [id] = Object.keys(Template.fromStack(stack).findResources("AWS::ApiGateway::Deployment"));
    return id;
  };
  const before = idAfter();

  it.each<[string, Change]>([
    ["another path", { path: "/other/" }],
    ["another method", { method: "POST" }],
    ["another function", { function: "other" }],
    ["another size from which it compresses", { compress: 1 }],
    ["one more path", { besides: (api) => api.root.addResource("other") }],
    ["one more method", { besides: (api) => api.root.addMethod("GET") }],
    ["one more preflight", { besides: (api) => api.root.addCorsPreflight({ allowOrigins: ["*"] }) }],
    ["its own gateway responses", { besides: (api) => addGatewayResponses(api, "*") }],
  ])("changes with %s", (_, change) => {
    expect(idAfter(change)).not.toBe(before);
  });

  it("doesn't change for the same API", () => {
    expect(idAfter()).toBe(before);
  });
});
