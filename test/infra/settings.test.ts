import { expect, it } from "vitest";
import { readSettings, sampleEnvironment } from "../../infra/settings.ts";

const required = { MAIL_FROM: "no-reply@example.com" };

it("the sender of letters is the only setting without which nothing starts", () => {
  expect(readSettings(required)).toMatchObject({ STAGE: "dev", OTP_LIFETIME_SECONDS: 600 });
  expect(() => readSettings({})).toThrow(/MAIL_FROM/);
});

it("one error names every bad setting, and repeats no value [ASVS 6.5.5]", () => {
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

it("SES verifies the sender's address or its domain, and no other", () => {
  expect(readSettings({ ...required, MAIL_IDENTITY: "example.com" }).MAIL_IDENTITY).toBe("example.com");
  expect(() => readSettings({ ...required, MAIL_IDENTITY: "other.example" })).toThrow(/MAIL_IDENTITY/);
});

it("an empty value counts as none, and given defaults lie below what is set", () => {
  expect(readSettings({ ...required, STAGE: "", ALARM_EMAIL: "" })).toMatchObject({ STAGE: "dev" });
  expect(
    readSettings({ ...required, STAGE: "set" }, { STAGE: "given", TOKEN_AUDIENCE: "given" }),
  ).toMatchObject({
    STAGE: "set",
    TOKEN_AUDIENCE: "given",
  });
});

it(".env.sample lists every setting with its default and its explanation (vitest -u writes it) [ASVS 6.1.1, 7.1.1]", async () => {
  await expect(sampleEnvironment()).toMatchFileSnapshot("../../.env.sample");
});
