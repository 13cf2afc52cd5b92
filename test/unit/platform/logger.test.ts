import { describe, expect, it } from "vitest";
import { describeError } from "../../../shared/platform/logger.ts";

describe("errors in the log", () => {
  it("keep their name and frames, and lose quoted secrets [ASVS 16.2.5]", () => {
    const error = new Error(
      "identity ada@example.com failed, code 123 456 and 654321, token eyJhbGciOi.eyJzdWIi.c2ln",
    );
    const { name, message, frames } = describeError(error);
    expect(name).toBe("Error");
    expect(message).toBe("identity [address] failed, code [number] and [number], token [token]");
    expect(frames[0]).toMatch(/^at /);
  });

  it("don't quote text that failed to parse, even as a cause", () => {
    const parse = () => {
      try {
        return JSON.parse('{"a": hunter2}');
      } catch (error) {
        return error;
      }
    };
    const cause = parse();
    expect(String(cause)).toContain("hunter2");
    const wrapped = new Error(String(cause), { cause });
    for (const error of [cause, wrapped, new Error(String(cause), { cause: wrapped })])
      expect(JSON.stringify(describeError(error))).not.toContain("hunter2");
  });

  it("lose their value if they are no Error", () => {
    expect(describeError("hunter2")).toEqual({ name: "string", message: "", frames: [] });
  });
});
