import { request } from "node:http";
import { describe, expect, it } from "vitest";
import { requestLine } from "../../../infra/local/gateway/request-line.ts";
import { act, dispose, startFixtureStack, useStack } from "../fixtures/use-stack.ts";

const lines: string[] = [];
const stack = useStack({ onRequest: (line) => lines.push(line) });
const get = async (path: string, headers: Record<string, string> = {}) => {
  const response = await fetch(stack().url + path, { headers });
  return { status: response.status, headers: response.headers, body: await response.json() };
};

/** Sends a raw request. `fetch` would normalise the path and decode the body. */
const raw = (
  path: string,
  options: { method?: string; headers?: Record<string, string | string[]>; body?: Buffer },
) =>
  new Promise<{ status: number; headers: Record<string, unknown>; body: Buffer }>((resolve, reject) => {
    const sent = request(
      stack().url + path,
      { method: options.method, headers: options.headers },
      (answer) => {
        const chunks: Buffer[] = [];
        answer.on("data", (chunk: Buffer) => chunks.push(chunk));
        answer.on("end", () =>
          resolve({ status: answer.statusCode ?? 0, headers: answer.headers, body: Buffer.concat(chunks) }),
        );
      },
    );
    sent.on("error", reject).end(options.body);
  });

describe("routing", () => {
  it("ignores a trailing slash, but keeps the path as sent", async () => {
    for (const path of ["/things", "/things/"]) {
      const { status, body } = await get(path);
      expect(status).toBe(200);
      expect(body).toMatchObject({ resource: "/things", path });
    }
  });

  it("prefers a literal part to a parameter, and decodes parameters", async () => {
    expect((await get("/things/special")).body).toMatchObject({
      resource: "/things/special",
      pathParameters: null,
    });
    expect((await get("/things/a%20b")).body).toMatchObject({
      resource: "/things/{id}",
      pathParameters: { id: "a b" },
    });
  });

  it("matches the rest of the path with a greedy parameter", async () => {
    expect((await get("/pages/css/site.css")).body).toMatchObject({
      resource: "/pages/{proxy+}",
      pathParameters: { proxy: "css/site.css" },
    });
  });

  it("passes over a resource that lacks the method", async () => {
    const answer = await raw("/things/special", { method: "PUT" });
    expect(JSON.parse(answer.body.toString())).toMatchObject({
      resource: "/things/{id}",
      pathParameters: { id: "special" },
    });
    expect((await raw("/pages/site.css", { method: "DELETE" })).status).toBe(404);
  });

  it("answers an unknown path with the template's gateway response", async () => {
    const { status, headers, body } = await get("/nowhere");
    expect(status).toBe(404);
    expect(body).toEqual({ detail: "Not found." });
    expect(headers.get("x-request-id")).toMatch(/^[0-9a-f-]{36}$/);
    expect(headers.get("access-control-allow-origin")).toBe("*");
  });

  it("takes a bearer token of an unknown path for a broken signature", async () => {
    const { status, headers, body } = await get("/nowhere", { authorization: "Bearer token" });
    expect(status).toBe(403);
    expect(body).toMatchObject({ detail: expect.stringContaining("Invalid key=value pair") });
    expect(headers.get("x-amzn-errortype")).toBe("IncompleteSignatureException");
  });

  it("can't call a function that doesn't permit it", async () => {
    const answer = await raw("/things/one", { method: "PATCH" });
    expect([answer.status, String(answer.headers["x-amzn-errortype"])]).toEqual([
      500,
      "InternalServerErrorException",
    ]);
  });

  it("keeps the runner's own paths apart from the template's", async () => {
    expect((await get("/_nothing")).body).toEqual({ message: "Not found" });
  });
});

describe("proxy event", () => {
  it("holds lists and last values of headers and query parameters", async () => {
    const answer = await raw("/things?a=1&a=2&b=%C3%A9", {
      headers: { "X-Twice": ["one", "two"], Cookie: "c=1" },
    });
    const event = JSON.parse(answer.body.toString());
    expect(event).toMatchObject({
      httpMethod: "GET",
      headers: { "X-Twice": "two", Cookie: "c=1", "X-Forwarded-Proto": "http" },
      multiValueHeaders: { "X-Twice": ["one", "two"] },
      queryStringParameters: { a: "2", b: "é" },
      multiValueQueryStringParameters: { a: ["1", "2"], b: ["é"] },
      pathParameters: null,
      body: null,
      isBase64Encoded: false,
      requestContext: { resourcePath: "/things", stage: "test", identity: { sourceIp: "127.0.0.1" } },
    });
    expect(event.requestContext.requestId).toBe(answer.headers["x-amzn-requestid"]);
    expect((await get("/things")).body).toMatchObject({ queryStringParameters: null });
  });

  it("carries text unchanged and listed media types as base64", async () => {
    const body = Buffer.from([0x89, 0x50, 0xff, 0x00]);
    const answer = await raw("/things", { method: "POST", headers: { "content-type": "image/png" }, body });
    expect(JSON.parse(answer.body.toString())).toMatchObject({
      body: body.toString("base64"),
      isBase64Encoded: true,
    });
  });

  it("replaces bytes that are not UTF-8 in text, as AWS does", async () => {
    const body = Buffer.from([0x22, 0xa3, 0xa3, 0xe2, 0x82, 0x22]);
    const answer = await raw("/things", { method: "POST", headers: { "content-type": "text/plain" }, body });
    expect(JSON.parse(answer.body.toString())).toMatchObject({
      body: '"\uFFFD\uFFFD\uFFFD"',
      isBase64Encoded: false,
    });
  });
});

describe("function response", () => {
  it("keeps its status, single headers and repeated headers", async () => {
    const answer = {
      statusCode: 201,
      headers: { "x-one": "1" },
      multiValueHeaders: { "Set-Cookie": ["a=1", "b=2"] },
      body: "made",
    };
    const response = await act(stack(), "answer", { answer });
    expect(response.status).toBe(201);
    expect(response.headers.getSetCookie()).toEqual(["a=1", "b=2"]);
    expect(response.headers.get("x-one")).toBe("1");
    expect(await response.text()).toBe("made");
  });

  it("is decoded from base64 only for a listed media type", async () => {
    const body = Buffer.from([1, 2, 0xff]);
    const answer = { statusCode: 200, body: body.toString("base64"), isBase64Encoded: true };
    const ask = (accept: string) =>
      raw("/things", {
        method: "POST",
        headers: { accept },
        body: Buffer.from(JSON.stringify({ do: "answer", answer })),
      });
    expect((await ask("image/png,*/*")).body).toEqual(body);
    expect((await ask("text/html")).body.toString()).toBe(answer.body);
  });

  it("is compressed above the template's minimum size, if the client accepts", async () => {
    const send = (bytes: number, encoding: string) =>
      raw("/things", {
        method: "POST",
        headers: { "accept-encoding": encoding },
        body: Buffer.from(
          JSON.stringify({ do: "answer", answer: { statusCode: 200, body: "x".repeat(bytes) } }),
        ),
      });
    expect((await send(5000, "gzip, br")).headers["content-encoding"]).toBe("gzip");
    expect((await send(5000, "gzip, br")).body.length).toBeLessThan(500);
    expect((await send(1000, "gzip")).headers["content-encoding"]).toBeUndefined();
    const plain = ["identity", "gzip;q=0", "gzip; q=0.000, *", "*", "GZIP;Q=0", "br", ""];
    for (const encoding of plain)
      expect((await send(5000, encoding)).headers["content-encoding"], encoding).toBeUndefined();
    expect((await send(5000, "gzip;q=0, deflate;q=0.1")).headers["content-encoding"]).toBe("deflate");
  });

  it.each([
    ["a body that is not a string", { statusCode: 200, body: { a: 1 } }],
    ["no status", { body: "x" }],
    ["unknown members", { statusCode: 200, extra: true }],
    ["a null result", null],
  ])("becomes a 502 with %s", async (_, answer) => {
    const response = await act(stack(), "answer", { answer });
    expect(response.status).toBe(502);
    expect(await response.json()).toEqual({ message: "Internal server error" });
  });
});

describe("gateway limits", () => {
  it("refuse a body over 10 MB with the template's 4xx body", async () => {
    const body = Buffer.alloc(10 * 1024 * 1024 + 1, 97);
    const answer = await raw("/things", { method: "POST", body });
    expect(answer.status).toBe(413);
    expect(JSON.parse(answer.body.toString())).toEqual({ detail: "Request Too Long" });
  });

  it("refuse calls beyond the reserved concurrency at once, and no others", async () => {
    const reserved = await startFixtureStack({
      concurrencyPerFunction: 1,
      alter: ({ service }) => {
        Object.assign(service.Resources["Probe"]?.Properties ?? {}, { ReservedConcurrentExecutions: 2 });
        service.Resources["GatewayFailure"] = {
          Type: "AWS::ApiGateway::GatewayResponse",
          Properties: {
            ResponseType: "INTEGRATION_FAILURE",
            ResponseTemplates: { "application/json": '{"type":"$context.error.responseType"}' },
          },
        };
      },
    });
    try {
      const calls = await Promise.all(
        Array.from({ length: 5 }, () => act(reserved, "sleep", { milliseconds: 300 })),
      );
      const statuses = calls.map(({ status }) => status);
      expect(statuses.toSorted((one, other) => one - other)).toEqual([200, 200, 500, 500, 500]);
      const refused = calls.find(({ status }) => status === 500);
      expect(await refused?.json()).toEqual({ type: "INTEGRATION_FAILURE" });
      const crashed = await act(reserved, "exit");
      expect([crashed.status, await crashed.json()]).toEqual([502, { type: "INTEGRATION_FAILURE" }]);
      expect((await act(reserved, "identity")).status).toBe(200);
    } finally {
      await dispose(reserved);
    }
  });

  it("answer 504 if the integration takes too long", async () => {
    const slow = await startFixtureStack({
      alter: ({ service }) => {
        const method = service.Resources["ThingsPOST"];
        if (method)
          method.Properties["Integration"] = {
            ...Object(method.Properties["Integration"]),
            TimeoutInMillis: 300,
          };
      },
    });
    try {
      await act(slow, "identity");
      const response = await act(slow, "sleep", { milliseconds: 1000 });
      expect(response.status).toBe(504);
      expect(await response.json()).toEqual({ message: "Endpoint request timed out" });
    } finally {
      await dispose(slow);
    }
  });
});

describe("mock integration", () => {
  it.each([
    ["https://a.example", "https://a.example"],
    ["https://b.example", "https://b.example"],
    ["https://evil.example", "https://a.example"],
  ])("answers a preflight from %s by allowing %s", async (origin, allowed) => {
    const answer = await raw("/things/", { method: "OPTIONS", headers: { Origin: origin } });
    expect(answer.status).toBe(204);
    expect(answer.headers).toMatchObject({
      "access-control-allow-origin": allowed,
      "access-control-allow-methods": "GET,POST",
      vary: "Origin",
    });
    expect(answer.body.length).toBe(0);
  });

  it("answers a method without a function with the body of ANY", async () => {
    const response = await fetch(`${stack().url}/things`, { method: "PUT" });
    expect(response.status).toBe(405);
    expect(response.headers.get("x-request-id")).toBe(response.headers.get("x-amzn-requestid"));
    expect(await response.json()).toEqual({ detail: 'Method "PUT" not allowed.' });
    const head = await raw("/things", { method: "HEAD" });
    expect([head.status, head.headers["content-length"], head.body.length]).toEqual([405, "41", 0]);
  });

  it("refuses a media type without a template, if passthrough is NEVER", async () => {
    const response = await fetch(`${stack().url}/things`, { method: "PUT", body: "text" });
    expect(response.status).toBe(415);
  });
});

describe("runner", () => {
  it("shows its links at / where the template has no route", async () => {
    for (const host of ["127.0.0.1", "host.docker.internal:8000"]) {
      const { status, headers, body } = await raw("/?any", { headers: { host } });
      expect({ status, type: headers["content-type"] }).toEqual({
        status: 200,
        type: "text/html; charset=utf-8",
      });
      for (const path of ["/swagger/", "/admin/", "/_inbox/", "/.well-known/jwks.json", "/_docs/README.md"])
        expect(body.toString()).toContain(`href="${path}"`);
      for (const [, path = ""] of body.toString().matchAll(/href="(\/_docs\/[^"]+)"/g))
        expect((await raw(path, {})).body.toString(), path).toMatch(/^# /);
    }
    expect((await raw("/_docs/docs/front-ends.md", {})).body.toString()).toMatch(/^# Front ends/);
    expect((await raw("/_docs/../package.json", {})).status).toBe(404);
    expect((await raw("/", { method: "POST" })).status).toBe(404);
  });

  const fields = { email: ["secret-1 is no address"], new_password: ["secret-2", "secret-3"] };
  it.each([
    ["a success", 200, { code: "secret-1", items: ["secret-2"] }, "POST /things 200"],
    ["an error", 401, { detail: "secret-1", code: "token_not_valid" }, "POST /things 401 token_not_valid"],
    ["refused fields", 400, fields, "POST /things 400 fields: email, new_password"],
    ["an odd error", 500, "secret-1", "POST /things 500"],
  ])("prints a line without values for %s", async (_, statusCode, body, start) => {
    lines.length = 0;
    const answer = { statusCode, body: JSON.stringify(body) };
    await raw("/things?email=secret-4", {
      method: "POST",
      headers: { authorization: "Bearer secret-5" },
      body: Buffer.from(JSON.stringify({ do: "answer", answer, password: "secret-6" })),
    });
    await raw("/_inbox/", {});
    expect(lines).toEqual([expect.stringMatching(/ \d+ ms$/)]);
    expect(lines[0]?.replace(/ \d+ ms$/, "")).toBe(start);
  });

  it("prints no control character of a path", () => {
    const answer = { status: 404, body: '{"code":"not\\u001b[2Jfound"}' };
    expect(requestLine({ method: "GET", path: "/\u001b[2J\u009b", answer, milliseconds: 1.4 })).toBe(
      "GET /?[2J? 404 not?[2Jfound 1 ms",
    );
  });
});
