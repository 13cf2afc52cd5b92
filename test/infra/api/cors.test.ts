// Tests what pages of other origins may do, in the local gateway that runs the templates.
import { describe, expect, it } from "vitest";
import { loadApi } from "../../../infra/local/gateway/api-definition.ts";
import { loadGatewayResponses } from "../../../infra/local/gateway/default-responses.ts";
import type { GatewayRequest } from "../../../infra/local/gateway/proxy-event.ts";
import { findRoute } from "../../../infra/local/gateway/route-tree.ts";
import { loadTemplates } from "../../../infra/local/cloudformation/templates.ts";
import { synthesiseStage } from "../synthesised.ts";

const app = "https://app.example";
const admin = "https://admin.example";
const path = "/api/v1/auth/user/otp/";

const requestFrom = (method: string, origin: string): GatewayRequest => ({
  requestId: "request",
  method,
  path,
  query: new URLSearchParams(),
  rawHeaders: ["Origin", origin],
  headers: { origin },
  sourceIp: "192.0.2.1",
  receivedAt: 0,
  body: Buffer.alloc(0),
});

const gatewayOf = (allowed: string, ALLOWED_HEADERS = "") => {
  const { stacks } = synthesiseStage({ ALLOWED_ORIGINS: allowed, ALLOWED_HEADERS });
  const templates = loadTemplates(stacks, "http://127.0.0.1:1");
  const [{ root }, refuse] = [loadApi(templates), loadGatewayResponses(templates)];
  const cors = (headers: readonly (readonly [string, string])[]) => {
    const found = new Map(headers.map(([name, value]) => [name.toLowerCase(), value]));
    return {
      origin: found.get("access-control-allow-origin"),
      credentials: found.get("access-control-allow-credentials"),
    };
  };
  const mocked = (method: string, origin: string) => {
    const found = findRoute(root, path, method);
    const answer =
      found && "mock" in found.method && found.method.mock(requestFrom(method, origin), found.route.resource);
    if (!answer || typeof answer === "string") throw new Error("no mock answered");
    return answer;
  };
  return {
    preflight: (origin: string) => cors(mocked("OPTIONS", origin).headers),
    preflightHeaders: (origin: string) => new Map(mocked("OPTIONS", origin).headers),
    wrongMethod: (origin: string) => cors(mocked("PUT", origin).headers),
    refusal: (origin: string) =>
      cors(refuse("MISSING_AUTHENTICATION_TOKEN", requestFrom("GET", origin)).headers),
  };
};

describe("CORS for any origin", () => {
  const gateway = gatewayOf("*", "X-Tenant, x-requested-with");

  it("allows calls, but never with cookies", () => {
    for (const answer of [gateway.preflight(app), gateway.wrongMethod(app), gateway.refusal(app)])
      expect(answer).toEqual({ origin: "*", credentials: undefined });
  });

  it("allows the device token, usual headers and those of the setting", () => {
    const headers = gateway.preflightHeaders(app);
    expect(headers.get("Access-Control-Allow-Headers")).toBe(
      "Content-Type,Authorization,X-Device-Token,X-CSRFToken,X-Requested-With,traceparent,tracestate,baggage,sentry-trace,X-Tenant",
    );
    expect(headers.get("Access-Control-Expose-Headers")).toContain("X-Device-Token");
  });
});

it("CORS for one origin allows cookies, also in gateway responses", () => {
  const gateway = gatewayOf(app);
  for (const answer of [gateway.preflight(app), gateway.wrongMethod(app), gateway.refusal(app)])
    expect(answer).toEqual({ origin: app, credentials: "true" });
});

it("CORS for several origins allows cookies, but not in gateway responses", () => {
  const gateway = gatewayOf(`${app}, ${admin}`);
  expect(gateway.preflight(app)).toEqual({ origin: app, credentials: "true" });
  expect(gateway.preflight(admin)).toEqual({ origin: admin, credentials: "true" });
  expect(gateway.preflight("https://evil.example").origin).not.toBe("https://evil.example");
  expect(gateway.preflight("https://evil.example").origin).not.toBe("*");
  for (const answer of [gateway.wrongMethod(app), gateway.refusal(app)])
    expect(answer).toEqual({ origin: "*", credentials: undefined });
});
