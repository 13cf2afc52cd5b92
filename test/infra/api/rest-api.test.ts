import { describe, expect, it } from "vitest";
import { contract, type OperationName } from "../../../shared/contract/contract.ts";
import { functionName } from "../../../infra/naming.ts";
import { synthesiseStage } from "../synthesised.ts";

const stage = synthesiseStage();
const oneOrigin = synthesiseStage({ ALLOWED_ORIGINS: "https://app.example" });
const operations = Object.keys(contract) as OperationName[];
const pageRoutes = ["/swagger", "/swagger/{proxy+}", "/admin", "/admin/{proxy+}"];
const cachedRoutes = ["/.well-known/jwks.json", "/.well-known/openid-configuration"];

/** Maps for example `POST /api/v1/auth/user` to the properties of the method. */
const routesOf = (source: typeof stage): Map<string, Record<string, unknown>> => {
  const resources = source.all("AWS::ApiGateway::Resource");
  const pathOf = (reference: unknown): string => {
    const id = typeof reference === "object" && reference && "Ref" in reference ? String(reference.Ref) : "";
    const resource = resources[id];
    return resource ? `${pathOf(resource["ParentId"])}/${String(resource["PathPart"])}` : "";
  };
  return new Map(
    Object.values(source.all("AWS::ApiGateway::Method")).map((method) => [
      `${String(method["HttpMethod"])} ${pathOf(method["ResourceId"])}`,
      method,
    ]),
  );
};
const routes = routesOf(stage);
const unknownRoutes = ["ANY ", "ANY /{proxy+}"];
const mocks = [...routes].filter(([route]) => /^(?:OPTIONS|ANY) /.test(route));
const pathOf = (name: OperationName) => contract[name].path.replace(/\/$/, "");

describe("routes", () => {
  it.each(operations)("%s has its method, its preflight and a 405 for other methods", (name) => {
    expect(JSON.stringify(routes.get(`${contract[name].method} ${pathOf(name)}`))).toContain(
      `:function:${functionName("dev", name)}/invocations`,
    );
    expect(routes.get(`OPTIONS ${pathOf(name)}`)).toMatchObject({
      Integration: { Type: "MOCK", PassthroughBehavior: "NEVER" },
    });
    expect(routes.get(`ANY ${pathOf(name)}`)).toMatchObject({
      Integration: {
        Type: "MOCK",
        PassthroughBehavior: "NEVER",
        IntegrationResponses: [{ StatusCode: "405" }],
      },
    });
  });

  it("send Strict-Transport-Security where no function answers", () => {
    const header = "method.response.header.Strict-Transport-Security";
    expect(mocks.length).toBeGreaterThan(operations.length);
    for (const [route, method] of mocks)
      expect([route, method]).toMatchObject([
        route,
        {
          Integration: {
            IntegrationResponses: [
              { ResponseParameters: { [header]: "'max-age=31536000; includeSubDomains'" } },
            ],
          },
          MethodResponses: [{ ResponseParameters: { [header]: true } }],
        },
      ]);
  });

  it("have mocks with a template for every usual content type", () => {
    const usual = [
      "application/json",
      "application/x-www-form-urlencoded",
      "multipart/form-data",
      "text/plain",
    ];
    for (const [route, { Integration }] of mocks)
      for (const type of usual)
        expect(Integration, route).toHaveProperty(
          ["RequestTemplates", type],
          JSON.stringify({
            statusCode: unknownRoutes.includes(route) ? 404 : route.startsWith("OPTIONS ") ? 204 : 405,
          }),
        );
  });

  it("answer 404 to every other path, as gateway responses do", () => {
    const expected = Object.values(stage.all("AWS::ApiGateway::GatewayResponse")).find(
      ({ ResponseType }) => ResponseType === "MISSING_AUTHENTICATION_TOKEN",
    )?.["ResponseParameters"];
    const headers = Object.entries(Object(expected)).map(([name, value]) => [
      name.replace("gatewayresponse.", "method.response."),
      value,
    ]);
    for (const route of unknownRoutes)
      expect(routes.get(route)).toMatchObject({
        AuthorizationType: "NONE",
        Integration: {
          Type: "MOCK",
          IntegrationResponses: [
            {
              StatusCode: "404",
              ResponseParameters: Object.fromEntries(headers),
              ResponseTemplates: { "application/json": '{"detail":"Not found.","code":"not_found"}' },
            },
          ],
        },
      });
  });

  it("serve pages with everything below them", () => {
    for (const path of pageRoutes)
      expect(JSON.stringify(routes.get(`GET ${path}`))).toContain(":function:lit-auth-dev-pages/invocations");
  });

  it("answer HEAD as GET for pages and cached answers", () => {
    const heads = [...routes].filter(([route]) => route.startsWith("HEAD "));
    expect(heads.map(([route]) => route.slice(5)).toSorted()).toEqual(
      [...pageRoutes, ...cachedRoutes].toSorted(),
    );
    for (const [route, { Integration }] of heads)
      expect(Integration).toEqual(routes.get(route.replace("HEAD", "GET"))?.["Integration"]);
  });

  it("are the only callers of functions, apart from key rotation [ASVS 13.4.5]", () => {
    const permissions = Object.values(stage.all("AWS::Lambda::Permission"));
    const ofGateway = permissions.filter(({ Principal }) => Principal === "apigateway.amazonaws.com");
    expect(ofGateway).toHaveLength(operations.length + 2 * pageRoutes.length + cachedRoutes.length);
    // Secrets Manager may invoke the rotation of the two key rings.
    const others = permissions.filter((permission) => !ofGateway.includes(permission));
    expect(others.map(({ Principal }) => Principal)).toEqual(Array(2).fill("secretsmanager.amazonaws.com"));
    for (const { SourceArn, FunctionName } of others) {
      expect(JSON.stringify(SourceArn)).toMatch(/SigningKeys|DigestKeys/);
      expect(JSON.stringify(FunctionName)).toContain("RotateKeys");
    }
    for (const permission of ofGateway)
      expect(permission).toMatchObject({
        Principal: "apigateway.amazonaws.com",
        SourceArn: { "Fn::Join": expect.anything() },
      });
  });

  it("answer 405 with the allowed methods and the one used [ASVS 13.4.4]", () => {
    const method = JSON.stringify(routes.get("ANY /api/v1/auth/user/me"));
    expect(method).toContain(`"method.response.header.Allow":"'GET, PATCH, DELETE, OPTIONS'"`);
    expect(method).toContain("$context.httpMethod");
  });
});

describe("gateway responses", () => {
  const responses = new Map(
    Object.values(stage.all("AWS::ApiGateway::GatewayResponse")).map((response) => [
      String(response["ResponseType"]),
      response,
    ]),
  );
  const bodyOf = (type: string) => JSON.stringify(responses.get(type)?.["ResponseTemplates"]);

  it.each([
    ["MISSING_AUTHENTICATION_TOKEN", "404", "not_found"],
    ["INVALID_SIGNATURE", "404", "not_found"],
    ["REQUEST_TOO_LARGE", "413", "request_too_large"],
    ["UNSUPPORTED_MEDIA_TYPE", "415", "unsupported_media_type"],
    ["THROTTLED", "429", "throttled"],
    ["INTEGRATION_FAILURE", "503", "service_unavailable"],
    ["INTEGRATION_TIMEOUT", "503", "service_unavailable"],
    ["DEFAULT_5XX", "500", "unexpected_failure"],
  ])("answer %s with status %s and code %s", (type, status, code) => {
    expect(responses.get(type)).toMatchObject({ StatusCode: status });
    expect(bodyOf(type)).toContain(String.raw`\"code\":\"${code}\"`);
  });

  it("carry the request id, and are readable by other origins", () => {
    for (const [, { ResponseParameters }] of responses)
      expect(ResponseParameters).toMatchObject({
        "gatewayresponse.header.x-request-id": "context.requestId",
        "gatewayresponse.header.Access-Control-Allow-Origin": "'*'",
        "gatewayresponse.header.Strict-Transport-Security": "'max-age=31536000; includeSubDomains'",
      });
    for (const type of ["THROTTLED", "INTEGRATION_FAILURE", "INTEGRATION_TIMEOUT"])
      expect(responses.get(type)?.["ResponseParameters"]).toMatchObject({
        "gatewayresponse.header.Retry-After": "'1'",
      });
  });

  it("name the allowed origin if there is only one", () => {
    const text = JSON.stringify(oneOrigin.all("AWS::ApiGateway::GatewayResponse"));
    expect(text).toContain("'https://app.example'");
    expect(text).not.toContain("'*'");
  });
});

it("the stage is throttled and traced, and logs neither addresses nor queries [ASVS 14.2.1, 16.2.5]", () => {
  const [deployed] = Object.values(stage.all("AWS::ApiGateway::Stage"));
  expect(deployed).toMatchObject({
    StageName: "dev",
    TracingEnabled: true,
    MethodSettings: expect.arrayContaining([
      expect.objectContaining({ HttpMethod: "*", ThrottlingRateLimit: 100, ThrottlingBurstLimit: 200 }),
    ]),
  });
  const log = JSON.stringify(deployed?.["AccessLogSetting"]);
  expect(log).toContain("$context.requestId");
  // Tells a throttled function from one that crashed: both are INTEGRATION_FAILURE.
  expect(log).toContain("$context.integration.integrationStatus");
  expect(log).not.toMatch(/sourceIp|querystring|\$context\.path|userAgent|requestOverride/);
});

it("the API refuses TLS below 1.2", () => {
  const [api] = Object.values(stage.all("AWS::ApiGateway::RestApi"));
  expect(api).toMatchObject({
    SecurityPolicy: "SecurityPolicy_TLS13_1_2_2021_06",
    EndpointAccessMode: "BASIC",
  });
});

it("the API compresses pages, has no binary types and creates no role", () => {
  const [api] = Object.values(stage.all("AWS::ApiGateway::RestApi"));
  expect(api).toMatchObject({
    MinimumCompressionSize: 1_024,
    EndpointConfiguration: { Types: ["REGIONAL"] },
  });
  expect(api).not.toHaveProperty("BinaryMediaTypes");
  const withAccount = stage.stacks.filter((stack) =>
    JSON.stringify(stack).includes("AWS::ApiGateway::Account"),
  );
  expect(withAccount.map(({ stackName }) => stackName)).toEqual(["lit-auth-account"]);
});
