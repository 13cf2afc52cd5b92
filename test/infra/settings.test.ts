import { describe, expect, it } from "vitest";
import {
  environmentFile,
  misspeltVariables,
  readSettings,
  sampleEnvironment,
} from "../../infra/settings/settings.ts";

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

  it.each([
    ["a@mail.example.com", "a@mail.example.com", true],
    ["a@mail.example.com", "mail.example.com", true],
    ["a@mail.example.com", "example.com", true],
    ["a@mail.example.com", "Example.com", true],
    ["a@mail.example.com", "b@mail.example.com", false],
    ["a@mail.example.com", "other.example", false],
    ["a@mail.example.com", "ample.com", false],
    ["a@mail.example.com", "com", false],
    ["a@mail.example.com", ".example.com", false],
    ["a@mail.example.com", "@mail.example.com", false],
    ["a@example.com", "mail.example.com", false],
  ])("of sender %s, SES identity %s is valid: %s", (MAIL_FROM, MAIL_IDENTITY, isValid) => {
    const read = () => readSettings({ MAIL_FROM, MAIL_IDENTITY }).MAIL_IDENTITY;
    if (isValid) expect(read()).toBe(MAIL_IDENTITY);
    else expect(read).toThrow(/MAIL_IDENTITY: must be/);
  });

  it.each([
    ["bounce.example.com", {}, true],
    ["bounce.mail.example.com", {}, true],
    ["example.com", {}, false],
    ["mail.example.com", {}, false],
    ["bounce.other.example", {}, false],
    ["bounce.example.com", { MAIL_IDENTITY: "" }, false],
    ["bounce.example.com", { SES_IDENTITY: "existing" }, false],
  ])("take %s for bounces, with %j: %s", (MAIL_FROM_DOMAIN, more, isValid) => {
    const given = {
      MAIL_FROM: "a@mail.example.com",
      MAIL_IDENTITY: "example.com",
      MAIL_FROM_DOMAIN,
      ...more,
    };
    if (isValid) expect(readSettings(given).MAIL_FROM_DOMAIN).toBe(MAIL_FROM_DOMAIN);
    else expect(() => readSettings(given)).toThrow(/MAIL_FROM_DOMAIN: must be/);
  });

  it("name the pages and a safe service of challenges", () => {
    const on = {
      ...required,
      CHALLENGE_VERIFY_URL: "https://service.example/siteverify",
      CHALLENGE_HOSTNAMES: "app.example.com, localhost",
    };
    expect(readSettings(on)).toMatchObject({
      CHALLENGE_FREE_PER_NETWORK_PER_HOUR: 5,
      CHALLENGE_REGISTRATIONS_WITHOUT_ANSWER: "refuse",
    });
    for (const url of ["http://127.0.0.1:9/verify", "http://localhost/verify"])
      expect(readSettings({ ...on, CHALLENGE_VERIFY_URL: url }).CHALLENGE_VERIFY_URL).toBe(url);
    for (const url of ["http://service.example/", "http://127.0.0.1:80@service.example/", "on", "ftp://a.b/"])
      expect(() => readSettings({ ...on, CHALLENGE_VERIFY_URL: url })).toThrow(/CHALLENGE_VERIFY_URL/);
    for (const names of ["", "https://app.example.com", "app.example.com/a", "a.example,", "*"])
      expect(() => readSettings({ ...on, CHALLENGE_HOSTNAMES: names })).toThrow(/CHALLENGE_HOSTNAMES/);
    expect(() => readSettings({ ...on, CHALLENGE_FREE_PER_NETWORK_PER_HOUR: "-1" })).toThrow(
      /CHALLENGE_FREE_PER_NETWORK/,
    );
  });

  it.each([
    ["http://receiver.example/hook", "must begin with https://"],
    ["ftp://receiver.example/hook", "must begin with https://"],
    ["receiver.example", "must be a URL"],
    ["https://user:secret@receiver.example/", "no user name"],
    ["https://receiver.example/#part", "must have no #"],
    ["http://127.0.0.1:80@receiver.example/", "no user name"],
    ["http://127.0.0.1.receiver.example/", "must begin with https://"],
    ["http://127.0.0.1:9000/hook", "must begin with https:// in a deployment"],
    ["http://localhost/hook", "must begin with https:// in a deployment"],
  ])("refuse webhooks of a deployment to %s", (url, problem) => {
    for (const STAGE of ["dev", "prod"]) {
      const read = () => readSettings({ ...required, STAGE, WEBHOOK_URL: url });
      expect(read).toThrow(/WEBHOOK_URL: /);
      expect(read).toThrow(problem);
      expect(read).not.toThrow(/secret@/);
    }
  });

  it.each([
    "http://127.0.0.1:9000/hook?a=b",
    "http://localhost/hook",
    "http://[::1]:9000/",
    "https://a.example/",
  ])("accept webhooks of this machine to %s", (url) => {
    for (const STAGE of ["local", "test"])
      expect(readSettings({ ...required, STAGE, WEBHOOK_URL: url }).WEBHOOK_URL).toBe(url);
  });

  it("say what is wrong with an origin or header", () => {
    const given = (more: object) => () => readSettings({ ...required, ...more });
    const trimmed = " https://app.example.com , http://localhost:5173,http://[::1]:3000 ";
    expect(given({ ALLOWED_ORIGINS: trimmed })()).toMatchObject({
      ALLOWED_ORIGINS: "https://app.example.com,http://localhost:5173,http://[::1]:3000",
    });
    expect(given({ ALLOWED_HEADERS: "X-Tenant , x_b" })()).toMatchObject({ ALLOWED_HEADERS: "X-Tenant,x_b" });
    for (const [ALLOWED_ORIGINS, sentence] of [
      ["*,https://a.example", "they can't be mixed"],
      ["https://a.example,", "Origin 2 is empty"],
      ["null", "The origin is null"],
      ["https://*.a.example", "no pattern here"],
      ["a.example", "must begin with https:// or http://"],
      ["ftp://a.example", "must begin with https:// or http://"],
      ["https://", "name a host"],
      ["https://a.example, https://b.example/", "Origin 2 must end after the host"],
      ["https://a.example/app", "without a path or a slash"],
      ["https://a.example?x", "without a path or a slash"],
      ["https://u@a.example", "must end after the host"],
      ["HTTPS://A.example", "as browsers send it"],
      ["https://a.example:443", "no default port"],
      ["https://bücher.example", "ASCII"],
    ] as const)
      expect(given({ ALLOWED_ORIGINS }), ALLOWED_ORIGINS).toThrow(sentence);
    for (const [ALLOWED_HEADERS, sentence] of [
      ["*", "does not cover Authorization"],
      ["X-A,*", "does not cover Authorization"],
      ["X A", "Names of headers have letters"],
      ["X-A,,X-B", "single commas"],
      ["X'A", "Names of headers have letters"],
    ] as const)
      expect(given({ ALLOWED_HEADERS }), ALLOWED_HEADERS).toThrow(sentence);
  });

  const domain = {
    DOMAIN_NAME: "auth.example.com",
    CERTIFICATE_ARN: "arn:aws:acm:eu-central-1:123456789012:certificate/0a1b2c3d-0000-4000-8000-000000000000",
  };

  it("have a custom domain with its certificate, or neither", () => {
    const { DOMAIN_NAME, CERTIFICATE_ARN } = domain;
    const full = { ...domain, HOSTED_ZONE_ID: "Z0123456789ABC", DISABLE_DEFAULT_ENDPOINT: "on" };
    expect(readSettings({ ...required, ...full })).toMatchObject(full);
    expect(readSettings(required)).toMatchObject({
      DISABLE_DEFAULT_ENDPOINT: "off",
      ISSUERS_ACCEPTED: "off",
    });
    for (const [given, message] of [
      [{ DOMAIN_NAME }, "DOMAIN_NAME: needs CERTIFICATE_ARN"],
      [{ CERTIFICATE_ARN }, "CERTIFICATE_ARN: needs DOMAIN_NAME"],
      [{ HOSTED_ZONE_ID: "Z0123456789ABC" }, "HOSTED_ZONE_ID: needs DOMAIN_NAME"],
      [{ DISABLE_DEFAULT_ENDPOINT: "on" }, "DISABLE_DEFAULT_ENDPOINT: needs DOMAIN_NAME"],
      [{ ...domain, DISABLE_DEFAULT_ENDPOINT: "yes" }, "DISABLE_DEFAULT_ENDPOINT"],
      [{ ...domain, HOSTED_ZONE_ID: "example.com" }, "begins with Z"],
      [
        { ...domain, CERTIFICATE_ARN: "arn:aws:iam::123456789012:server-certificate/x" },
        "Certificate Manager",
      ],
    ] as const)
      expect(() => readSettings({ ...required, ...given }), message).toThrow(message);
    for (const name of [
      "Auth.example.com",
      "https://auth.example.com",
      "auth.example.com/",
      "*.example.com",
      "auth",
      "auth.example.com.",
      "a_b.example.com",
      "-a.example.com",
      "auth.example.com:443",
    ])
      expect(() => readSettings({ ...required, ...domain, DOMAIN_NAME: name }), name).toThrow("host name");
  });

  it("accept earlier issuers exactly as they were, and no pattern", () => {
    const given = (ISSUERS_ACCEPTED: string) => () => readSettings({ ...required, ISSUERS_ACCEPTED });
    expect(given(" https://a.example/prod , https://b.example:8443")()).toMatchObject({
      ISSUERS_ACCEPTED: "https://a.example/prod,https://b.example:8443",
    });
    expect(given("http://127.0.0.1:8000")()).toMatchObject({ ISSUERS_ACCEPTED: "http://127.0.0.1:8000" });
    for (const bad of [
      "*",
      "https://*.example",
      "https://a.example/*",
      "https://a.example/",
      "https://a.example,",
      "http://a.example",
      "a.example",
      "https://u:p@a.example",
      "https://a.example?x",
      "https://a.example#x",
      "https://A.example",
      "on",
    ])
      expect(given(bad), bad).toThrow(/ISSUERS_ACCEPTED/);
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

describe(".env", () => {
  const read = (text: string) => ({ ...environmentFile(Buffer.from(text)) });

  it.each([
    ["a byte order mark", "\ufeffMAIL_FROM=a@b.example\nSTAGE=test"],
    ["lines of Windows", "\ufeffMAIL_FROM=a@b.example\r\n\r\nSTAGE=test\r\n"],
    ["lines of an old Mac", "MAIL_FROM=a@b.example\rSTAGE=test"],
    ["quotes", "MAIL_FROM='a@b.example'\nSTAGE=\"test\""],
    ["export", "export MAIL_FROM=a@b.example\nexport STAGE=`test`"],
    ["spaces and comments", "# one\n  MAIL_FROM = a@b.example # two\n\t# three\nSTAGE=test"],
    ["a name twice, whose last value counts", "STAGE=first\nMAIL_FROM=a@b.example\nSTAGE=test"],
  ])("may have %s", (_, text) => {
    expect(read(text)).toEqual({ MAIL_FROM: "a@b.example", STAGE: "test" });
  });

  it("may have values of several lines, and all of .env.sample", () => {
    const text = "PRODUCT_NAME='one\ntwo\n\nthree=4'\nSTAGE=test\nLOCALSTACK_IMAGE=x";
    expect(read(text)).toEqual({ PRODUCT_NAME: "one\ntwo\n\nthree=4", STAGE: "test", LOCALSTACK_IMAGE: "x" });
    expect(() => read(sampleEnvironment())).not.toThrow();
    expect(read("")).toEqual({});
  });

  it.each([
    ["MAIL_FORM=a@b.example", "MAIL_FORM is no setting. Did you mean MAIL_FROM?"],
    ["mail_from=a@b.example", "mail_from is no setting. Did you mean MAIL_FROM?"],
    ["MAIL FROM=a@b.example", "MAIL FROM is no setting. Did you mean MAIL_FROM?"],
    [
      "export OTP_LIFETIME_SECOND=60",
      "OTP_LIFETIME_SECOND is no setting. Did you mean OTP_LIFETIME_SECONDS?",
    ],
    ["COLOUR=", "COLOUR is no setting."],
    ["AWS_REGION=eu-central-1", "AWS_REGION is no setting, and no other program reads this file."],
    ["STAGE=test\nMAIL_FROM a@b.example", "line 2 is not NAME=value."],
    ["PRODUCT_NAME='one\ntwo'\nMAIL_FROM: a@b.example", "line 3 is not NAME=value."],
    ["STAGE=test\n=x", "line 2 is not NAME=value."],
  ])("is refused with %j, by name and never by value", (text, problem) => {
    expect(() => read(text)).toThrow(problem);
    expect(() => read(text)).not.toThrow(/@b\.example|eu-central/);
  });

  it("is refused if it is not UTF-8", () => {
    expect(() => environmentFile(Buffer.from("\ufeffSTAGE=test", "utf16le"))).toThrow(".env is not UTF-8.");
  });
});

describe("process environment", () => {
  it("may hold what belongs to others, but no setting that is misspelt", () => {
    const others = { PATH: "/bin", AWS_REGION: "x", NODE_ENV: "x", STATE: "x", PORT: "1", MAIL_FROM: "x" };
    expect(misspeltVariables({ ...others, ...process.env })).toEqual([]);
    expect(misspeltVariables({ ...others, ALLOWED_ORIGIN: "x", mail_from: "x" })).toEqual([
      "ALLOWED_ORIGIN is no setting. Did you mean ALLOWED_ORIGINS? If not, unset it.",
      "mail_from is no setting. Did you mean MAIL_FROM? If not, unset it.",
    ]);
  });
});
