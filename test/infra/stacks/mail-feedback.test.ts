// Runs AWS's documented events through the template's own rules, as the local event bus does.
import { describe, expect, it } from "vitest";
import { startEventBus } from "../../../infra/local/eventbridge/event-bus.ts";
import { loadTemplates } from "../../../infra/local/cloudformation/templates.ts";
import { feedbackMessage } from "../../../shared/delivery/feedback-message.ts";
import { synthesiseStage } from "../synthesised.ts";

const stage = synthesiseStage();
const set = "lit-auth-dev";

const put: { queueUrl: string; body: string }[] = [];
const failures: string[] = [];
const bus = startEventBus(loadTemplates(stage.stacks, "http://127.0.0.1:1"), {
  sendMessage: async (queueUrl, body) => void put.push({ queueUrl, body }),
  onFailure: (message) => void failures.push(message),
});

const publish = async (detail: Record<string, unknown>, source = "aws.ses") => {
  put.length = 0;
  failures.length = 0;
  bus.publish({ source, detailType: "Email Bounced", resources: [], detail });
  await bus.stop();
  return put.map(({ body }) => body);
};

const mail = {
  timestamp: "2017-08-05T00:40:02.012Z",
  source: "Sender Name <sender@example.com>",
  sourceArn: "arn:aws:ses:us-east-1:123456789012:identity/sender@example.com",
  sendingAccountId: "123456789012",
  messageId: "EXAMPLE7c191be45-000000",
  destination: ["recipient@example.com"],
  headersTruncated: false,
  headers: [{ name: "To", value: "recipient@example.com" }],
  commonHeaders: { from: ["sender@example.com"], to: ["recipient@example.com"], subject: "Code" },
  tags: {
    "ses:configuration-set": [set],
    "ses:source-ip": ["192.0.2.0"],
    "ses:from-domain": ["example.com"],
    "ses:caller-identity": ["ses_user"],
    recipient: ["pseudonym-1"],
    kind: ["login"],
  },
};
const bounced = (recipients: object[], more: object = {}) => ({
  eventType: "Bounce",
  bounce: {
    bounceType: "Permanent",
    bounceSubType: "General",
    bouncedRecipients: recipients,
    timestamp: "2017-08-05T00:41:02.669Z",
    feedbackId: "01000157c44f053b-61b59c11-9236-11e6-8f96-7be8aexample-000000",
    reportingMTA: "dsn; mta.example.com",
    ...more,
  },
  mail,
});
const recipient = (status?: string) => ({
  emailAddress: "recipient@example.com",
  ...(status && { action: "failed", status, diagnosticCode: "smtp; 550 recipient@example.com unknown" }),
});
const complained = {
  eventType: "Complaint",
  complaint: {
    complainedRecipients: [{ emailAddress: "recipient@example.com" }],
    timestamp: "2017-08-05T00:41:02.669Z",
    feedbackId: "01000157c44f053b-000000",
    complaintSubType: null,
    userAgent: "Amazon SES Mailbox Simulator",
    complaintFeedbackType: "abuse",
    arrivalDate: "2017-08-05T00:41:02.669Z",
  },
  mail,
};
const kept = {
  sesMessageId: mail.messageId,
  sentAt: mail.timestamp,
  at: "2017-08-05T00:41:02.669Z",
  recipient: "pseudonym-1",
  kind: "login",
};
const bounce = { event: "bounce", ...kept, bounceType: "Permanent", bounceSubType: "General" };

describe("feedback rules", () => {
  it.each([
    { what: "a missing mailbox", detail: bounced([recipient("5.1.1")]), mailbox: "missing" },
    { what: "a missing domain", detail: bounced([recipient("5.1.2")]), mailbox: "missing" },
    { what: "a null MX", detail: bounced([recipient("5.1.10")]), mailbox: "missing" },
    { what: "a refused sender", detail: bounced([recipient("5.1.8")]), mailbox: "other" },
    { what: "another reason", detail: bounced([recipient("5.7.1")]), mailbox: "other" },
    { what: "a status like 5.11", detail: bounced([recipient("5.11.0")]), mailbox: "other" },
    { what: "no status", detail: bounced([recipient()]), mailbox: "other" },
    { what: "two recipients", detail: bounced([recipient("5.1.1"), recipient("5.1.2")]), mailbox: "missing" },
  ])("keep pseudonyms and no address of a bounce for $what", async ({ detail, mailbox }) => {
    const bodies = await publish(detail);
    expect(bodies.map((body) => feedbackMessage.parse(JSON.parse(body)))).toEqual([{ ...bounce, mailbox }]);
    expect(bodies.join()).not.toContain("@");
  });

  it("keep an answer of someone who is out of office", async () => {
    const [body = ""] = await publish(
      bounced([recipient()], { bounceType: "Transient", reportingMTA: undefined }),
    );
    expect(feedbackMessage.parse(JSON.parse(body))).toEqual({
      ...bounce,
      bounceType: "Transient",
      mailbox: "other",
    });
  });

  it("keep a complaint without a subtype", async () => {
    const bodies = await publish(complained);
    expect(bodies.map((body) => feedbackMessage.parse(JSON.parse(body)))).toEqual([
      { event: "complaint", ...kept },
    ]);
    expect(bodies.join()).not.toContain("@");
  });

  it("put their messages into the feedback queue", async () => {
    await publish(complained);
    expect(put[0]?.queueUrl).toMatch(/\/lit-auth-dev-stateful-Feedback$/);
  });

  it("drop an event without a tag, and name nothing of it", async () => {
    const tags = { "ses:configuration-set": [set] };
    expect(await publish({ ...complained, mail: { ...mail, tags } })).toEqual([]);
    expect(failures).toEqual(["lit-auth-dev-complaint-rule: the transformed event is not JSON"]);
    expect(bus.failedInvocations()).toEqual({ "lit-auth-dev-complaint-rule": 1 });
  });

  it.each([
    {
      what: "other configuration sets",
      detail: {
        ...complained,
        mail: { ...mail, tags: { ...mail.tags, "ses:configuration-set": ["other"] } },
      },
    },
    { what: "deliveries", detail: { eventType: "Delivery", delivery: {}, mail } },
    { what: "other sources", detail: complained, source: "example" },
  ])("ignore $what", async ({ detail, source }) => {
    expect(await publish(detail, source)).toEqual([]);
    expect(failures).toEqual([]);
  });

  it("have no dead letters, which would hold addresses", () => {
    const rules = Object.values(stage.all("AWS::Events::Rule"));
    expect(rules).toHaveLength(3);
    expect(JSON.stringify(rules)).not.toMatch(/DeadLetterConfig|emailAddress|\$\.detail"|commonHeaders/);
  });
});

describe("feedback queue", () => {
  it("takes messages from these three rules only", () => {
    const policies = Object.values(stage.all("AWS::SQS::QueuePolicy"));
    const allowing = JSON.parse(JSON.stringify(policies)) as {
      PolicyDocument: { Statement: { Effect: string }[] };
    }[];
    const statements = allowing.flatMap(({ PolicyDocument }) =>
      PolicyDocument.Statement.filter(({ Effect }) => Effect === "Allow"),
    );
    expect(statements).toMatchObject([
      { Action: "sqs:SendMessage", Principal: { Service: "events.amazonaws.com" } },
    ]);
    const rules = JSON.stringify(statements[0]).match(/rule\/[\w-]+/g);
    expect(rules).toEqual(
      ["missing-mailbox", "bounce", "complaint"].map((name) => `rule/lit-auth-dev-${name}-rule`),
    );
    expect(JSON.stringify(statements[0])).toContain('"ArnEquals":{"aws:SourceArn"');
  });
});

describe("configuration set", () => {
  it("suppresses nothing, counts its reputation and tracks no one", () => {
    expect(stage.all("AWS::SES::ConfigurationSet")).toEqual({
      ConfigurationSet: {
        Name: set,
        SuppressionOptions: { SuppressedReasons: [] },
        ReputationOptions: { ReputationMetricsEnabled: true },
        SendingOptions: { SendingEnabled: true },
      },
    });
  });

  it("reports bounces and complaints to the default event bus", () => {
    const [destination] = Object.values(stage.all("AWS::SES::ConfigurationSetEventDestination"));
    expect(destination).toMatchObject({
      EventDestination: { Enabled: true, MatchingEventTypes: ["bounce", "complaint"] },
    });
    expect(JSON.stringify(destination)).toContain(":event-bus/default");
  });

  it("exists before the mailer sends through it", () => {
    const mailer = stage.one("AWS::Lambda::Function", "Mailer");
    expect(mailer["DependsOn"]).toContain("ConfigurationSet");
    expect(mailer.Properties).toMatchObject({
      Environment: { Variables: { CONFIGURATION_SET: set } },
    });
  });
});
