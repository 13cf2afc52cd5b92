import { readFileSync } from "node:fs";
import { beforeEach, describe, expect, it, vi } from "vitest";
import { ApiError, errors, FieldErrors, type ErrorCode } from "../../../shared/contract/errors.ts";
import { nameRequest } from "../../../shared/platform/logger.ts";
import { recordSecurityEvent, securityEvents } from "../../../shared/platform/security-log.ts";
import { recordRefusal } from "../../../shared/http/responses.ts";

const logged: Record<string, unknown>[] = [];

beforeEach(() => {
  vi.stubEnv("POWERTOOLS_DEV", "true");
  logged.length = 0;
  vi.spyOn(console, "info").mockImplementation((line: string) => void logged.push(JSON.parse(line)));
});

const eventsOf = (...parameters: Parameters<typeof recordRefusal>) => {
  logged.length = 0;
  recordRefusal(...parameters);
  return logged.map(({ event, code, userId }) => ({ event, code, userId }));
};

describe("security events", () => {
  it("are logged as one line with request and account [ASVS 16.2.1, 16.2.2, 16.2.4]", () => {
    nameRequest("request-7");
    recordSecurityEvent("signed_in", { userId: "u", sessionId: "s" });
    expect(logged).toEqual([
      expect.objectContaining({
        message: "security",
        event: "signed_in",
        userId: "u",
        sessionId: "s",
        requestId: "request-7",
        timestamp: expect.stringMatching(/^\d{4}-\d\d-\d\dT[\d:.]+Z$/),
      }),
    ]);
  });

  it("keep a line break inside their line [ASVS 16.4.1]", () => {
    const written: string[] = [];
    vi.spyOn(console, "info").mockImplementation((line: string) => void written.push(line));
    recordSecurityEvent("refused", { operation: 'a\n{"message":"security","event":"signed_in"}' });
    expect(written).toHaveLength(1);
    expect(JSON.parse(written[0] ?? "")).toMatchObject({ event: "refused" });
    expect(written[0]?.split("\n").filter((line) => line.startsWith('{"message"'))).toEqual([]);
  });

  it("report refused secrets and rate limits, but no harmless errors [ASVS 16.3.3]", () => {
    const refused = new ApiError("sign_in_refused", { userId: "u" });
    expect(eventsOf("createToken", refused)).toEqual([
      { event: "refused", code: "sign_in_refused", userId: "u" },
    ]);
    expect(eventsOf("deleteMe", new FieldErrors({ a: ["b"] }, { wrongSecret: true }), "caller")).toEqual([
      { event: "refused", code: undefined, userId: "caller" },
    ]);
    for (const code of Object.keys(errors) as ErrorCode[])
      if (errors[code].status === 429)
        expect(eventsOf("any", new ApiError(code))).toEqual([{ event: "limited", code, userId: undefined }]);
    for (const error of [
      new ApiError("token_not_valid"),
      new ApiError("not_found"),
      new FieldErrors({ email: ["no"] }),
      new Error("x"),
    ])
      expect(eventsOf("any", error)).toEqual([]);
  });

  it("are exactly those of docs/operations.md [ASVS 16.1.1, 16.3.3]", () => {
    const [, section = ""] = readFileSync("docs/operations.md", "utf8").split("\n## Watch\n");
    const rows = (section.split("\n## ")[0] ?? "").split("\n").filter((line) => line.startsWith("| `"));
    const named = rows.flatMap((row) =>
      [...(row.split("|")[1] ?? "").matchAll(/`(\w+)`/g)].map(([, name]) => name),
    );
    expect(new Set(named)).toEqual(new Set(Object.keys(securityEvents)));
    expect(named).toHaveLength(Object.keys(securityEvents).length);
  });
});
