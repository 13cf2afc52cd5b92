import { EventEmitter, once } from "node:events";
import { beforeEach, describe, expect, it, vi } from "vitest";
import { contract } from "../../../shared/contract/contract.ts";
import { endpoint } from "../../../shared/http/endpoint.ts";
import { ApiError } from "../../../shared/contract/errors.ts";
import { causeRequestId } from "../../../shared/platform/logger.ts";
import { lambdaContext, proxyEvent } from "../../support/calls/proxy-event.ts";

const operation = contract.requestOtp;
const body = JSON.stringify({ email: "a@example.com", password: "hunter2 hunter2" });
const logged: string[] = [];

beforeEach(() => {
  // Makes the logger write to the console, which the tests observe.
  vi.stubEnv("POWERTOOLS_DEV", "true");
  vi.stubEnv("ALLOWED_ORIGINS", "https://app.example, https://admin.example");
  vi.stubEnv("PUBLIC_URL", "https://auth.example");
  logged.length = 0;
  for (const method of ["info", "warn", "error"] as const)
    vi.spyOn(console, method).mockImplementation((line: string) => void logged.push(line));
});

const answering = (useCase: () => Promise<{ detail: string }>) => endpoint(operation, useCase, () => ({}));

describe("endpoint", () => {
  it("removes fields that the contract doesn't name [ASVS 8.2.3, 14.2.2, 14.3.2, 15.3.1]", async () => {
    const handler = await answering(async () => ({ detail: "sent", passwordHash: "$argon2id$" }));
    const answer = await handler(proxyEvent({ body }), lambdaContext);
    expect(JSON.parse(answer.body)).toEqual({ detail: "sent" });
    expect(answer.headers).toMatchObject({
      "cache-control": "no-store",
      "strict-transport-security": "max-age=31536000; includeSubDomains",
      "x-request-id": "0b9d2c6e-5d53-4c0e-9a52-7f3f8f6f2f10",
    });
  });

  it("answers an unexpected error with a plain 500, logged once [ASVS 13.4.2, 16.3.4, 16.5.1]", async () => {
    const handler = await answering(() =>
      Promise.reject(new Error("table lit-auth-users is on fire for a@example.com")),
    );
    const answer = await handler(proxyEvent({ body }), lambdaContext);
    expect(answer.statusCode).toBe(500);
    expect(JSON.parse(answer.body)).toEqual({
      detail: "Something went wrong on our side. Try again.",
      code: "unexpected_failure",
    });
    expect(logged.filter((line) => line.includes("on fire"))).toHaveLength(1);
    expect(logged.join()).not.toContain("a@example.com");
    expect(logged.join()).not.toContain("hunter2");
  });

  const named = (name: string, more: object = {}) => Object.assign(new Error("failed"), { name, ...more });
  it.each([
    ...[
      "StoreBusyError",
      "ThrottlingException",
      "RequestLimitExceeded",
      "InternalServerError",
      "ProvisionedThroughputExceededException",
      "LimitExceededException",
      "TransactionInProgressException",
      "RequestThrottled",
      "TimeoutError",
    ].map((name) => named(name)),
    named("Error", { code: "ECONNREFUSED" }),
    named("InternalError", { $metadata: { httpStatusCode: 500 } }),
    named("Unheard", { $metadata: { httpStatusCode: 503 } }),
    named("GetParameterError", { cause: named("InternalServiceError") }),
  ])("answers a passing fault with 503: %s", async (error) => {
    const handler = await answering(async () => {
      throw error;
    });
    const answer = await handler(proxyEvent({ body }), lambdaContext);
    expect([answer.statusCode, answer.headers?.["retry-after"]]).toEqual([503, "1"]);
    expect(JSON.parse(answer.body)).toHaveProperty("code", "service_unavailable");
  });

  it.each(["AccessDeniedException", "ValidationException", "ResourceNotFoundException", "TypeError"])(
    "answers a lasting fault with 500: %s",
    async (name) => {
      const error = named("GetParameterError", {
        cause: named(name, { $metadata: { httpStatusCode: 400 } }),
      });
      const handler = await answering(() => Promise.reject(error));
      expect((await handler(proxyEvent({ body }), lambdaContext)).statusCode).toBe(500);
    },
  );

  it("answers 503 just before Lambda ends a call that waits", async () => {
    const handler = await answering(async () => (await once(new EventEmitter(), "never"))[0]);
    const context = { ...lambdaContext, getRemainingTimeInMillis: () => 20 };
    expect((await handler(proxyEvent({ body }), context)).statusCode).toBe(503);
  });

  it("answers 500 for a result that breaks the contract [ASVS 16.5.3]", async () => {
    const handler = await answering(async () => ({ detail: 5 as unknown as string }));
    expect((await handler(proxyEvent({ body }), lambdaContext)).statusCode).toBe(500);
  });

  it.each([
    [
      "a UUID of the caller's",
      "6F1B4C1E-8A55-4d3e-9f0b-1d2c3b4a5968",
      "6F1B4C1E-8A55-4d3e-9f0b-1d2c3b4a5968",
    ],
    ["another text of the caller's", "hunter2^me", "extended="],
    ["a UUID with more behind it", "6f1b4c1e-8a55-4d3e-9f0b-1d2c3b4a5968.1", "extended="],
  ])("names a request by %s, or by API Gateway's own id", async (_, requestId, named) => {
    const handler = await answering(async () => {
      expect(causeRequestId()).toBe(named);
      return { detail: "sent" };
    });
    const event = proxyEvent({ body });
    const requestContext = { ...event.requestContext, requestId, extendedRequestId: "extended=" };
    const answer = await handler({ ...event, requestContext }, lambdaContext);
    expect(answer.headers).toHaveProperty("x-request-id", named);
    expect(logged.map((line) => JSON.parse(line).requestId)).toEqual([named]);
  });

  it("sends a rate limit's retry-after header", async () => {
    const handler = await answering(() =>
      Promise.reject(new ApiError("too_many_password_guesses", { retryAfterSeconds: 17 })),
    );
    const answer = await handler(proxyEvent({ body }), lambdaContext);
    expect([answer.statusCode, answer.headers?.["retry-after"]]).toEqual([429, "17"]);
  });

  it("builds its dependencies once, and again only after a failure", async () => {
    let built = 0;
    const handler = await endpoint(
      operation,
      async () => ({ detail: "sent" }),
      () => {
        built += 1;
        if (built === 1) throw new Error("missing or bad environment variables: USERS_TABLE");
        return {};
      },
    );
    expect(built).toBe(0);
    expect((await handler(proxyEvent({ body }), lambdaContext)).statusCode).toBe(500);
    expect((await handler(proxyEvent({ body }), lambdaContext)).statusCode).toBe(200);
    expect((await handler(proxyEvent({ body }), lambdaContext)).statusCode).toBe(200);
    expect(built).toBe(2);
  });

  const encoded = (bytes: Buffer) => ({ body: bytes.toString("base64"), isBase64Encoded: true });
  const withPassword = (bytes: string) => Buffer.from(body.replace("hunter2", bytes), "latin1");
  const mark = "\uFEFF";

  it.each([
    ["base64", 200, encoded(Buffer.from(body))],
    ["base64 with a byte order mark", 200, encoded(Buffer.from(mark + body))],
    ["text with a byte order mark", 200, { body: mark + body }],
    ["text with replaced bytes in an unknown member", 400, { body: body.replace("{", '{"x":"\uFFFD",') }],
    ["two byte order marks", 400, { body: mark + mark + body }],
    ["Latin-1", 400, encoded(withPassword("\xa3\xa3\xa3\xa3"))],
    ["UTF-16", 400, encoded(Buffer.from(mark + body, "utf16le"))],
    ["a surrogate in UTF-8", 400, encoded(withPassword("\xed\xa0\x80"))],
    ["an overlong slash", 400, encoded(withPassword("\xc0\xaf"))],
  ])("reads a body that is %s, or answers %i", async (_, status, changes) => {
    const handler = await answering(async () => ({ detail: "sent" }));
    const answer = await handler(proxyEvent(changes), lambdaContext);
    expect(answer.statusCode).toBe(status);
    if (status === 400) expect(JSON.parse(answer.body)).toHaveProperty("code", "parse_error");
  });

  it.each([
    ["application/json", 200],
    [" Application/JSON ;Charset=UTF-8", 200],
    ['application/json; charset="utf-8"', 200],
    ['application/json;odd ; version=1; charset = "Utf8" ;', 200],
    ["application/json; charset=latin1", 415],
    ["application/json; charset=utf-16", 415],
    ['application/json; charset="utf-8', 415],
    ["application/json; charset=utf-8; charset=utf-7", 415],
    ["application/json, text/plain", 415],
    ["text/json; charset=utf-8", 415],
    ["", 415],
  ])("answers the content type %j with %i", async (contentType, status) => {
    const handler = await answering(async () => ({ detail: "sent" }));
    const event = proxyEvent({ body, headers: { "content-type": contentType } });
    expect((await handler(event, lambdaContext)).statusCode).toBe(status);
  });

  it("answers only allowed origins with CORS headers, and varies by origin", async () => {
    const handler = await answering(async () => ({ detail: "sent" }));
    const from = async (origin?: string) => {
      const headers = { "content-type": "application/json", ...(origin !== undefined && { Origin: origin }) };
      return (await handler(proxyEvent({ body, headers }), lambdaContext)).headers ?? {};
    };
    expect((await from("https://admin.example"))["access-control-allow-origin"]).toBe(
      "https://admin.example",
    );
    const { "access-control-allow-origin": origin, "access-control-allow-credentials": credentials } =
      await from("https://evil.example");
    expect([origin, credentials]).toEqual([undefined, undefined]);
    expect(await from()).toHaveProperty("vary", "origin");
  });

  it("allows cookies from named origins, but not with the wildcard", async () => {
    const handler = await answering(async () => ({ detail: "sent" }));
    const headersFor = async (allowed: string) => {
      vi.stubEnv("ALLOWED_ORIGINS", allowed);
      const headers = { "content-type": "application/json", origin: "https://app.example" };
      return (await handler(proxyEvent({ body, headers }), lambdaContext)).headers ?? {};
    };
    expect(await headersFor("https://app.example")).toHaveProperty(
      "access-control-allow-credentials",
      "true",
    );
    expect(await headersFor("*")).not.toHaveProperty("access-control-allow-credentials");
  });
});
