import { expect, it } from "vitest";
import { send } from "../support/calls/api.ts";
import { requireCapability } from "../support/stacks/capabilities.ts";

const configuration = "/.well-known/openid-configuration";

it.each([
  ["an answer with a body", 200, "GET", configuration, {}],
  ["an answer that hasn't changed", 304, "GET", configuration, { "if-none-match": "*" }],
  ["a refusal of a function", 401, "GET", "/api/v1/auth/user/me/", {}],
  ["a wrong method", 405, "PUT", configuration, {}],
  ["a preflight", 204, "OPTIONS", "/api/v1/auth/user/me/", { origin: "https://app.example" }],
  ["a page", 200, "GET", "/swagger/", {}],
  ["a redirect to a page", 302, "GET", "/swagger", {}],
  ["a page that doesn't exist", 404, "GET", "/swagger/none", {}],
])("%s asks browsers for HTTPS only", async (_, status, method, path, headers) => {
  const answer = await send(method, path, { headers });
  expect(answer.status).toBe(status);
  expect(answer.headers.get("strict-transport-security")).toBe("max-age=31536000; includeSubDomains");
});

it("a path that doesn't exist asks for HTTPS too", async ({ skip }) => {
  requireCapability("gatewayResponseBodies", skip);
  const answer = await send("GET", "/nothing/here");
  expect(answer.status).toBe(404);
  expect(answer.headers.get("strict-transport-security")).toBe("max-age=31536000; includeSubDomains");
});
