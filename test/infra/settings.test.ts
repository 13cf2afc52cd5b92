import { describe, expect, it } from "vitest";
import { readSettings, sampleEnvironment } from "../../infra/settings.ts";

const required = { MAIL_FROM: "no-reply@example.com" };

describe("settings", () => {
  it("require the sender of letters and nothing else", () => {
    expect(readSettings(required)).toMatchObject({ STAGE: "dev", OTP_LIFETIME_SECONDS: 600 });
    expect(() => readSettings({})).toThrow(/MAIL_FROM/);
  });

  it("report all invalid ones in one error, without their values [ASVS 6.5.5]", () => {
    const bad = {
      STAGE: "Prod!",
      MAIL_FROM: "nobody-here",
      OTP_LIFETIME_SECONDS: "601",
      LOG_RETENTION_DAYS: "31",
      PUBLIC_URL: "https://example.com/",
      ALLOWED_ORIGINS: "https://a.example,b.example",
      PWNED_PASSWORDS_URL: "https://api.example/range",
    };
    const read = () => readSettings(bad);
    for (const name of Object.keys(bad)) expect(read).toThrow(name);
    expect(read).not.toThrow(/nobody-here|Prod!/);
  });

  it("accept only the sender's address or domain as SES identity", () => {
    expect(readSettings({ ...required, MAIL_IDENTITY: "example.com" }).MAIL_IDENTITY).toBe("example.com");
    expect(() => readSettings({ ...required, MAIL_IDENTITY: "other.example" })).toThrow(/MAIL_IDENTITY/);
  });

  it("treat an empty value as unset, and prefer set values to defaults", () => {
    expect(readSettings({ ...required, STAGE: "", ALARM_EMAIL: "" })).toMatchObject({ STAGE: "dev" });
    expect(
      readSettings({ ...required, STAGE: "set" }, { STAGE: "given", TOKEN_AUDIENCE: "given" }),
    ).toMatchObject({
      STAGE: "set",
      TOKEN_AUDIENCE: "given",
    });
  });

  it("are listed in .env.sample, with default and explanation [ASVS 6.1.1, 7.1.1]", async () => {
    // `vitest -u` rewrites the file.
    await expect(sampleEnvironment()).toMatchFileSnapshot("../../.env.sample");
  });
});
