import { describe, expect, it } from "vitest";
import { checkBootstrap, checkStacks } from "../../../commands/doctor/account-checks.ts";
import { checkSubscription } from "../../../commands/doctor/alarm-checks.ts";
import type { AwsAnswers } from "../../../commands/doctor/aws-answers.ts";
import { checkConcurrency, hashingFunctions } from "../../../commands/doctor/capacity-checks.ts";
import { lineOf, type Finding } from "../../../commands/doctor/finding.ts";
import { checkDomain, checkLogRole } from "../../../commands/doctor/gateway-checks.ts";
import { checkGrants, rightsOf } from "../../../commands/doctor/grant-checks.ts";
import { checkIdentity, checkSending } from "../../../commands/doctor/sending-checks.ts";
import { grants } from "../../../infra/grants/grants.ts";
import { readSettings } from "../../../infra/settings/settings.ts";

const settingsWith = (texts: Record<string, string> = {}) =>
  readSettings({ STAGE: "prod", MAIL_FROM: "a@mail.example.com", MAIL_IDENTITY: "example.com", ...texts });

type Answered = { [Name in keyof AwsAnswers]?: unknown };
/** A function answers each call by its first argument; an error is thrown. */
const aws = (answers: Answered): AwsAnswers =>
  Object.fromEntries(
    Object.entries(answers).map(([name, answer]) => [
      name,
      async (argument: unknown) => {
        if (answer instanceof Error) throw answer;
        return typeof answer === "function" ? (answer as (given: unknown) => unknown)(argument) : answer;
      },
    ]),
  ) as unknown as AwsAnswers;

const refused = Object.assign(new Error("not for you"), { name: "AccessDeniedException" });
const lines = (findings: readonly Finding[]) => findings.map(lineOf).join("\n");
const where = { account: "111122223333", region: "eu-central-1", partition: "aws" };

describe("CDK bootstrap", () => {
  it.each([
    ["21", /^ok {11}CDK bootstrap: Version 21\.$/],
    ["5", /^problem .*5, and 6 is needed\. Run: npx cdk bootstrap aws:\/\/111122223333\/eu-central-1$/],
    [undefined, /^problem .* have none\. Run: npx cdk bootstrap aws:\/\//],
    [refused, /^not checked {2}CDK bootstrap: Your credentials may not call ssm:GetParameter\./],
    [new Error("socket hang up"), /^not checked .*ssm:GetParameter failed\. Error: socket hang up$/],
  ])("of version %s is judged", async (parameter, line) => {
    expect(lines(await checkBootstrap(aws({ parameter }), where))).toMatch(line);
  });
});

describe("stacks", () => {
  it.each([
    ["UPDATE_COMPLETE", "ok", "UPDATE_COMPLETE"],
    ["UPDATE_ROLLBACK_COMPLETE", "ok", "UPDATE_ROLLBACK_COMPLETE"],
    ["REVIEW_IN_PROGRESS", "ok", "isn't deployed yet"],
    ["ROLLBACK_COMPLETE", "problem", "aws cloudformation delete-stack --stack-name lit-auth-prod-api"],
    ["ROLLBACK_FAILED", "problem", "delete-stack --stack-name lit-auth-prod-api"],
    ["DELETE_FAILED", "problem", "delete-stack --stack-name lit-auth-prod-api"],
    ["UPDATE_ROLLBACK_FAILED", "problem", "continue-update-rollback --stack-name lit-auth-prod-api"],
    ["UPDATE_IN_PROGRESS", "warning", "Wait for its end"],
  ])("in state %s are: %s", async (state, status, text) => {
    const stack = (name: string) =>
      name === "lit-auth-prod-api" ? { status: state, outputs: {} } : undefined;
    const found = await checkStacks(aws({ stack }), settingsWith());
    expect(found.find(({ subject }) => subject === "stack lit-auth-prod-api")).toMatchObject({
      status,
      text: expect.stringContaining(text),
    });
    expect(found.map(({ subject }) => subject)).toContain("stack lit-auth-sender-example-com");
  });
});

const confirmed = {
  VerifiedForSendingStatus: true,
  DkimAttributes: { Status: "SUCCESS" },
  MailFromAttributes: { MailFromDomain: "bounce.example.com", MailFromDomainStatus: "SUCCESS" },
};
const owned = { status: "CREATE_COMPLETE", outputs: {} };

describe("SES identity", () => {
  it.each<[string, string, Answered, Record<string, string>, RegExp]>([
    ["ok", "is made by the deployment", {}, {}, /creates example\.com/],
    ["ok", "is confirmed", { emailIdentity: confirmed, stack: owned }, {}, /confirmed, with DKIM/],
    ["problem", "belongs to something else", { emailIdentity: confirmed }, {}, /Set SES_IDENTITY=existing/],
    [
      "problem",
      "belongs to something else, after a failed try",
      { emailIdentity: confirmed, stack: { status: "ROLLBACK_COMPLETE", outputs: {} } },
      {},
      /Set SES_IDENTITY=existing/,
    ],
    ["problem", "was deleted behind its stack", { stack: owned }, {}, /lit-auth-sender-example-com says/],
    ["ok", "existed before", { emailIdentity: confirmed }, { SES_IDENTITY: "existing" }, /confirmed/],
    ["problem", "should exist", {}, { SES_IDENTITY: "existing" }, /no SES identity example\.com\. Create it/],
    [
      "problem",
      "exists for the domain only",
      { emailIdentity: (name: unknown) => (name === "mail.example.com" ? confirmed : undefined) },
      { SES_IDENTITY: "existing", MAIL_IDENTITY: "" },
      /Set MAIL_IDENTITY=mail\.example\.com/,
    ],
    [
      "problem",
      "isn't confirmed",
      { emailIdentity: { VerifiedForSendingStatus: false } },
      { SES_IDENTITY: "existing" },
      /Add the DNS records/,
    ],
    [
      "warning",
      "has no DKIM",
      { emailIdentity: { ...confirmed, DkimAttributes: { Status: "PENDING" } } },
      { SES_IDENTITY: "existing" },
      /DKIM is PENDING/,
    ],
    [
      "warning",
      "has no records for bounces",
      { emailIdentity: { ...confirmed, MailFromAttributes: { MailFromDomain: "bounce.example.com" } } },
      { SES_IDENTITY: "existing" },
      /bounce\.example\.com is PENDING\. Add its MX and SPF/,
    ],
    [
      "warning",
      "is an address",
      { emailIdentity: confirmed },
      { SES_IDENTITY: "existing", MAIL_IDENTITY: "" },
      /A domain as MAIL_IDENTITY/,
    ],
    ["not checked", "may not be read", { emailIdentity: refused }, {}, /ses:GetEmailIdentity/],
  ])("gives %s where it %s", async (status, _, answers, texts, text) => {
    const found = await checkIdentity(
      aws({ emailIdentity: undefined, stack: undefined, ...answers }),
      settingsWith(texts),
    );
    expect(found).toEqual([{ status, subject: "SES identity", text: expect.stringMatching(text) }]);
  });
});

describe("SES account", () => {
  const account = {
    ProductionAccessEnabled: true,
    SendingEnabled: true,
    EnforcementStatus: "HEALTHY",
    SendQuota: { Max24HourSend: 50_000, SentLast24Hours: 10, MaxSendRate: 14 },
  };
  it.each<[object, Finding["status"][], string]>([
    [{}, ["ok", "ok", "ok"], "50000 emails a day and 14 a second"],
    [{ ProductionAccessEnabled: false }, ["warning", "ok", "ok"], "in the sandbox"],
    [{ SendingEnabled: false }, ["ok", "problem", "ok"], "Sending is paused"],
    [{ EnforcementStatus: "SHUTDOWN" }, ["ok", "problem", "ok"], "AWS has stopped it"],
    [{ EnforcementStatus: "PROBATION" }, ["ok", "warning", "ok"], "AWS reviews it"],
    [
      { SendQuota: { Max24HourSend: 200, SentLast24Hours: 0, MaxSendRate: 1 } },
      ["ok", "ok", "warning"],
      "UNPROVEN_LETTERS_OF_ALL_PER_HOUR lets strangers cause 24000",
    ],
    [
      { SendQuota: { Max24HourSend: 50_000, SentLast24Hours: 40_000, MaxSendRate: 14 } },
      ["ok", "ok", "warning"],
      "40000 of 50000",
    ],
    [{ SendQuota: { Max24HourSend: -1, MaxSendRate: 14 } }, ["ok", "ok", "ok"], "No daily limit"],
  ])("with %j is %j", async (changes, statuses, text) => {
    const found = await checkSending(aws({ sendingAccount: { ...account, ...changes } }), settingsWith());
    expect(found.map(({ status }) => status)).toEqual(statuses);
    expect(lines(found)).toContain(text);
  });
});

describe("Lambda concurrency", () => {
  const count = hashingFunctions.length;
  const found = async (answers: Answered, texts: Record<string, string>) =>
    checkConcurrency(aws({ reservedConcurrency: 0, ...answers }), settingsWith(texts));
  const quota = (ConcurrentExecutions: number, UnreservedConcurrentExecutions = ConcurrentExecutions) => ({
    concurrency: { ConcurrentExecutions, UnreservedConcurrentExecutions },
  });

  it("must leave 100 to functions without a reservation", async () => {
    const each = (number: number) => ({
      HASHING_CONCURRENCY: String(number),
      THROTTLE_HASHING_BURST_REQUESTS: "1",
    });
    const exactly = quota(1_000, 100 + 10 * count);
    expect(lines(await found(exactly, each(10)))).toContain("which leaves 100 for the others");
    expect(lines(await found(exactly, each(11)))).toMatch(
      /^problem .*would leave \d\d\..* Set it to 10 or less/m,
    );
    // What this stage has reserved already is free for it.
    expect(lines(await found({ ...quota(1_000, 100), reservedConcurrency: 10 }, each(10)))).toContain(
      "leaves 100",
    );
    expect(lines(await found(quota(10), each(1)))).toMatch(/^problem .* Set it to 0 or less/m);
  });

  it("must not be less than the bursts that are let in", async () => {
    const burst = /^warning {6}Lambda concurrency: THROTTLE_HASHING_BURST_REQUESTS=60 .* than the 10 /m;
    expect(lines(await found(quota(10), {}))).toMatch(burst);
    expect(lines(await found(quota(1_000), { HASHING_CONCURRENCY: "10" }))).toMatch(burst);
    expect(lines(await found(quota(1_000), {}))).toBe(
      "ok           Lambda concurrency: The account's quota is 1000.",
    );
  });
});

describe("API Gateway", () => {
  const ours = { type: "AWS::IAM::Role", logicalId: "GatewayLogRole1", physicalId: "lit-auth-account-role" };
  it.each([
    ["none", {}, "ok"],
    [
      "ours",
      { gatewayLogRole: "arn:aws:iam::1:role/lit-auth-account-role", stack: owned, stackResources: [ours] },
      "ok",
    ],
    [
      "another's",
      { gatewayLogRole: "arn:aws:iam::1:role/theirs", stack: owned, stackResources: [ours] },
      "warning",
    ],
    ["another's, before the first deployment", { gatewayLogRole: "arn:aws:iam::1:role/theirs" }, "warning"],
  ])("has %s as log role", async (_, answers, status) => {
    const [one] = await checkLogRole(aws({ gatewayLogRole: undefined, stack: undefined, ...answers }));
    expect(one).toMatchObject({ status });
  });

  const arn = "arn:aws:acm:eu-central-1:111122223333:certificate/1";
  const issued = { Status: "ISSUED", DomainName: "example.com", SubjectAlternativeNames: ["*.example.com"] };
  const now = new Date("2026-01-01T00:00:00Z");
  it.each<[string, string, object | undefined, string]>([
    ["auth.example.com", arn, issued, "ok"],
    ["example.com", arn, issued, "ok"],
    ["a.auth.example.com", arn, issued, "for example.com, *.example.com, not for"],
    ["auth.example.com", arn, { ...issued, Status: "PENDING_VALIDATION" }, "waits for its DNS record"],
    ["auth.example.com", arn, { ...issued, Status: "FAILED" }, "is FAILED"],
    ["auth.example.com", arn, { ...issued, NotAfter: new Date("2025-12-31") }, "has expired"],
    ["auth.example.com", arn, undefined, "names no certificate"],
    [
      "auth.example.com",
      arn.replace("eu-central-1", "us-east-1"),
      issued,
      "is in us-east-1, and the stage in eu-",
    ],
    ["auth.example.com", "", issued, "Set CERTIFICATE_ARN"],
  ])("judges domain %s with certificate %s", async (DOMAIN_NAME, CERTIFICATE_ARN, certificate, text) => {
    const settings = { ...settingsWith(), DOMAIN_NAME, CERTIFICATE_ARN };
    const found = await checkDomain(aws({ certificate }), settings, { region: "eu-central-1", now });
    expect(found).toMatchObject([{ status: text === "ok" ? "ok" : "problem" }]);
    if (text !== "ok") expect(lines(found)).toContain(text);
  });

  it("needs no certificate without a domain", async () => {
    expect(await checkDomain(aws({}), settingsWith(), { region: "eu-central-1" })).toEqual([]);
  });
});

describe("alarms", () => {
  const deployed = {
    stack: owned,
    stackResources: [{ type: "AWS::SNS::Topic", logicalId: "Alarms1", physicalId: "arn:topic" }],
  };
  it.each<[Record<string, string>, Answered, string]>([
    [{}, {}, "warning      alarms: No one is told about them."],
    [{ ALARM_EMAIL: "o@example.com" }, { stack: undefined }, "ok           alarms: After the deployment,"],
    [
      { ALARM_EMAIL: "o@example.com" },
      { ...deployed, subscriptions: [{ SubscriptionArn: "PendingConfirmation" }] },
      "warning      alarms: The subscription is not confirmed",
    ],
    [
      { ALARM_EMAIL: "o@example.com" },
      { ...deployed, subscriptions: [] },
      "warning      alarms: The topic has no",
    ],
    [{ ALARM_EMAIL: "o@example.com" }, { ...deployed, subscriptions: [{ SubscriptionArn: "arn:1" }] }, "ok "],
  ])("tell someone with %j", async (texts, answers, line) => {
    expect(lines(await checkSubscription(aws(answers), settingsWith(texts)))).toContain(line);
  });
});

describe("rights of functions", () => {
  const outputs = {
    UsersTable: "users",
    SessionsTable: "sessions",
    LimitsTable: "limits",
    NoticeQueueUrl: "https://sqs/1/notices",
    SigningKeysArn: "arn:aws:secretsmanager:signing",
    VerificationKeysArn: "arn:aws:secretsmanager:verification",
  };
  const role = { type: "AWS::IAM::Role", logicalId: "RefreshTokenRole0A1B2C3D", physicalId: "Refresh-1" };
  const found = (decision: (right: { action: string; resource: string }) => string, deployed = true) =>
    checkGrants(
      aws({
        stack: deployed ? { status: "CREATE_COMPLETE", outputs } : undefined,
        stackResources: (name: unknown) => (name === "lit-auth-prod-user-functions" ? [role] : []),
        simulate: (given: unknown) => {
          const { roleArn, actions, resources } = given as {
            roleArn: string;
            actions: string[];
            resources: string[];
          };
          expect(roleArn).toBe("arn:aws:iam::111122223333:role/lit-auth/prod/refresh-token/Refresh-1");
          return actions.flatMap((action) =>
            resources.map((resource) => ({ action, resource, decision: decision({ action, resource }) })),
          );
        },
      }),
      settingsWith(),
      where,
    );
  const needed = rightsOf(grants.refreshToken, outputs, where);
  const isNeeded = (right: object) => needed.some((one) => JSON.stringify(one) === JSON.stringify(right));

  it("name tables, queues and secrets as policies do", () => {
    const at = "eu-central-1:111122223333";
    expect(needed).toEqual(
      expect.arrayContaining([
        { action: "dynamodb:GetItem", resource: `arn:aws:dynamodb:${at}:table/users` },
        { action: "dynamodb:UpdateItem", resource: `arn:aws:dynamodb:${at}:table/sessions` },
        { action: "sqs:SendMessage", resource: `arn:aws:sqs:${at}:notices` },
        { action: "secretsmanager:GetSecretValue", resource: "arn:aws:secretsmanager:signing" },
      ]),
    );
  });

  it("are fine where all that is needed is allowed", async () => {
    const allowed = await found((right) => (isNeeded(right) ? "allowed" : "implicitDeny"));
    expect(lines(allowed)).toMatch(/^ok .* roles of 1 functions/);
    expect(lines(await found(() => "allowed", false))).toMatch(/^ok .* creates the roles/);
  });

  it("name function and action where one is denied", async () => {
    const denied = await found(({ action, resource }) =>
      action === "dynamodb:UpdateItem" && resource.endsWith("/sessions") ? "explicitDeny" : "allowed",
    );
    expect(lines(denied)).toMatch(/^problem .* allowed: refreshToken dynamodb:UpdateItem\. Deploy again/);
  });
});
