import { afterEach, describe, expect, it, vi } from "vitest";
import { environment } from "../../../shared/platform/environment.ts";

afterEach(() => vi.unstubAllEnvs());

describe("environment", () => {
  it("reads typed values", () => {
    vi.stubEnv("OTP_LIFETIME_SECONDS", "600");
    expect(environment("OTP_LIFETIME_SECONDS")).toEqual({ OTP_LIFETIME_SECONDS: 600 });
  });

  it("names all missing and bad variables at once, without values", () => {
    vi.stubEnv("OTP_LIFETIME_SECONDS", "86400");
    vi.stubEnv("MAIL_FROM", "not-an-address");
    expect(() => environment("OTP_LIFETIME_SECONDS", "MAIL_FROM", "USERS_TABLE")).toThrow(
      "missing or bad environment variables: OTP_LIFETIME_SECONDS, MAIL_FROM, USERS_TABLE",
    );
  });
});
