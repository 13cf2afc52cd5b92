import { beforeEach, describe, expect, it, vi } from "vitest";
import { requireOwnPage, sentStaffToken, staffCookie } from "../../../shared/http/staff-cookie.ts";
import { proxyEvent } from "../../support/calls/proxy-event.ts";

const codeFor = (headers: Record<string, string>, changes: object = {}): string => {
  try {
    requireOwnPage(proxyEvent({ headers: { "content-type": "application/json", ...headers }, ...changes }));
    return "ok";
  } catch (error) {
    return (error as Error).message;
  }
};

describe("pages of this service", () => {
  it.each([
    ["https://auth.example", "abc.execute-api.example", "https://auth.example", "ok"],
    ["https://auth.example/prod", "auth.example", "https://auth.example", "ok"],
    ["https://auth.example", "abc.execute-api.example", "https://abc.execute-api.example", "ok"],
    ["https://auth.example", "auth.example", "http://auth.example", "foreign_origin"],
    ["https://auth.example", "auth.example", "https://auth.example:8443", "foreign_origin"],
    ["https://auth.example", "auth.example", "https://auth.example.evil.example", "foreign_origin"],
    ["https://auth.example", "localhost:8000", "http://localhost:8000", "foreign_origin"],
    ["http://127.0.0.1:8000", "localhost:8000", "http://localhost:8000", "ok"],
    ["http://127.0.0.1:8000", "127.0.0.1:8000", "http://127.0.0.1:8000", "ok"],
    ["http://10.0.0.7:8000", "127.0.0.1:8000", "http://127.0.0.1:8000", "ok"],
    ["http://127.0.0.1:8000", "127.0.0.1:8000", "http://localhost:8000", "foreign_origin"],
    ["http://127.0.0.1:8000", "localhost:8000", "http://localhost:3000", "foreign_origin"],
    ["http://127.0.0.1:8000", "rebound.example:8000", "http://rebound.example:8000", "foreign_origin"],
    ["http://127.0.0.1:8000", "localhost:8000", "null", "foreign_origin"],
  ])("at %s with the host %s: %s is %s", (PUBLIC_URL, Host, Origin, outcome) => {
    vi.stubEnv("PUBLIC_URL", PUBLIC_URL);
    expect(codeFor({ Host, Origin })).toBe(outcome);
    expect(codeFor({ Host, Origin, "Sec-Fetch-Site": "same-origin" })).toBe(outcome);
    for (const site of ["same-site", "cross-site", "none", ""])
      expect(codeFor({ Host, Origin, "Sec-Fetch-Site": site })).toBe("foreign_origin");
  });

  it("send JSON, unless a DELETE has no body", () => {
    vi.stubEnv("PUBLIC_URL", "https://auth.example");
    const own = { origin: "https://auth.example" };
    const codes = (type: string | undefined) =>
      ["POST", "DELETE"].map((httpMethod) => {
        const headers = { ...own, ...(type !== undefined && { "content-type": type }) };
        const event = proxyEvent({ headers, httpMethod });
        try {
          return requireOwnPage(event) ?? "ok";
        } catch (error) {
          return (error as Error).message;
        }
      });
    expect(codes("Application/JSON; charset=utf-8")).toEqual(["ok", "ok"]);
    for (const type of ["text/plain", "", "application/jsonx"])
      expect(codes(type)).toEqual(["unsupported_media_type", "unsupported_media_type"]);
    expect(codes(undefined)).toEqual(["unsupported_media_type", "ok"]);
    expect(codeFor(own, { httpMethod: "DELETE", body: "x" })).toBe("ok");
  });
});

describe("cookie of the admin page", () => {
  beforeEach(() => vi.stubEnv("PUBLIC_URL", "https://auth.example"));

  it("is out of reach of scripts and ends after 30 minutes", () => {
    const attributes = "Path=/; Secure; HttpOnly; SameSite=Strict";
    expect(staffCookie({ staffToken: "a.b.c" })).toBe(`__Host-lit-staff=a.b.c; Max-Age=1800; ${attributes}`);
    expect(staffCookie(undefined)).toBe(`__Host-lit-staff=; Max-Age=0; ${attributes}`);
  });

  it("is not read under another name, and counts as none if empty", () => {
    const sent = (cookie: string) => sentStaffToken(proxyEvent({ headers: { cookie } }));
    expect(sent("a=b; __Host-lit-staff=x.y.z")).toBe("x.y.z");
    for (const cookie of ["", "__Host-lit-staff=", "lit-staff=x", "x__Host-lit-staff=y"])
      expect(sent(cookie)).toBeUndefined();
  });
});
