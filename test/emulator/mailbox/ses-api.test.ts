import { rmSync } from "node:fs";
import { SendRawEmailCommand, SESClient, type SendRawEmailCommandInput } from "@aws-sdk/client-ses";
import { afterEach, describe, expect, it } from "vitest";
import * as z from "zod";
import { authorizationHeader } from "../../../infra/local/aws/access-keys.ts";
import { eventually } from "../../support/assert/eventually.ts";
import type { Stack } from "../../../infra/local/stack.ts";
import type { FixtureTemplates } from "../fixtures/templates.ts";
import { clientAs, startFixtureStack, temporaryFolder, useStack } from "../fixtures/use-stack.ts";

const fixed = "arn:aws:ses:us-east-1:000000000000";
const set = (Name: string, more: object = {}) => ({
  Type: "AWS::SES::ConfigurationSet",
  Properties: { Name, ...more },
});
const destination = (name: string, more: object = {}) => ({
  Type: "AWS::SES::ConfigurationSetEventDestination",
  Properties: {
    ConfigurationSetName: name,
    EventDestination: {
      Enabled: true,
      MatchingEventTypes: ["BOUNCE", "complaint"],
      EventBridgeDestination: { EventBusArn: "arn:aws:events:us-east-1:000000000000:event-bus/default" },
      ...more,
    },
  },
});
const rule = (name: string, set: string) => ({
  Type: "AWS::Events::Rule",
  Properties: {
    Name: name,
    EventPattern: { source: ["aws.ses"], detail: { mail: { tags: { "ses:configuration-set": [set] } } } },
    Targets: [
      {
        Id: "queue",
        Arn: { "Fn::GetAtt": ["DeadLetters", "Arn"] },
        InputTransformer: {
          InputPathsMap: {
            type: "$.detail.eventType",
            kind: "$.detail.mail.tags.kind",
            bounce: "$.detail.bounce",
          },
          InputTemplate: '{"type":<type>,"kind":<kind>}',
        },
      },
    ],
  },
});
const policy = (...rules: string[]) => ({
  Type: "AWS::SQS::QueuePolicy",
  Properties: {
    Queues: [{ Ref: "DeadLetters" }],
    PolicyDocument: {
      Statement: [
        {
          Effect: "Allow",
          Principal: { Service: "events.amazonaws.com" },
          Action: "sqs:SendMessage",
          Resource: { "Fn::GetAtt": ["DeadLetters", "Arn"] },
          Condition: {
            ArnEquals: {
              "aws:SourceArn": rules.map((name) => `arn:aws:events:us-east-1:000000000000:rule/${name}`),
            },
          },
        },
      ],
    },
  },
});

const alter = ({ data, service }: FixtureTemplates) => {
  Object.assign(data.Resources, {
    Quiet: set("quiet", { SuppressionOptions: { SuppressedReasons: [] } }),
    QuietEvents: destination("quiet"),
    Plain: set("plain"),
    PlainEvents: destination("plain"),
    Silent: set("silent"),
    SilentEvents: destination("silent", { Enabled: false }),
    QuietRule: rule("quiet-rule", "quiet"),
    PlainRule: rule("plain-rule", "plain"),
    SilentRule: rule("silent-rule", "silent"),
    QueuePolicy: policy("quiet-rule", "silent-rule"),
  });
  const statements = z
    .object({ PolicyDocument: z.object({ Statement: z.array(z.unknown()) }) })
    .parse(service.Resources["ProbePolicy"]?.Properties).PolicyDocument.Statement;
  const Condition = { StringEquals: { "ses:FromAddress": "no-reply@example.com" } };
  statements.push(
    { Effect: "Allow", Action: "ses:SendRawEmail", Resource: `${fixed}:identity/*`, Condition },
    { Effect: "Allow", Action: "ses:SendRawEmail", Resource: `${fixed}:configuration-set/quiet` },
    { Effect: "Allow", Action: "ses:SendRawEmail", Resource: `${fixed}:configuration-set/plain`, Condition },
  );
  Object.assign(service.Resources["ProbePolicy"]?.Properties ?? {}, {
    PolicyDocument: { Statement: statements },
  });
};

const stack = useStack({ alter });

const raw = (to: string, from = "Sender <no-reply@example.com>") =>
  Buffer.from(
    [
      `From: ${from}`,
      `To: ${to}`,
      "Subject: =?UTF-8?B?R3LDvMOfZQ==?=",
      "Auto-Submitted: auto-generated",
      "Message-ID: <mine>",
      'Content-Type: multipart/alternative; boundary="b"',
      "",
      "--b",
      "Content-Type: text/plain; charset=utf-8",
      "Content-Transfer-Encoding: quoted-printable",
      "",
      "Gr=C3=BC=C3=9Fe",
      "--b--",
      "",
    ].join("\r\n"),
  );
const sendRaw = (
  to: string,
  more: Partial<SendRawEmailCommandInput> = {},
  principal = "Runner",
  from?: string,
) =>
  new SESClient(clientAs(stack(), principal)).send(
    new SendRawEmailCommand({ RawMessage: { Data: raw(to, from) }, ...more }),
  );
const tags = [{ Name: "kind", Value: "login" }];

const listed = z.object({ messages: z.array(z.record(z.string(), z.unknown())) });
const lettersTo = async (to: string, at: Stack = stack()) =>
  listed.parse(await (await fetch(`${at.url}/_aws/ses?to=${encodeURIComponent(to)}`)).json()).messages;

const put = () =>
  stack()
    .inspectQueue("data-DeadLetters")
    ?.messages.ready.map(({ body }) => body) ?? [];
const countPut = (count: number) =>
  eventually(`${count} messages`, () => (put().length >= count ? put() : undefined));

const suppression = (method: string, address?: string, body?: object) =>
  fetch(
    `${stack().endpoint.url}/v2/email/suppression/addresses${address ? `/${encodeURIComponent(address)}` : ""}`,
    {
      method,
      headers: { authorization: authorizationHeader(stack().endpoint.accessKeyId, "ses") },
      ...(body && { body: JSON.stringify(body) }),
    },
  );

afterEach(async () => {
  await fetch(`${stack().url}/_aws/ses`, { method: "DELETE" });
});

describe("SendRawEmail", () => {
  it("is listed with its parts, tags, set and headers", async () => {
    const { MessageId } = await sendRaw("ada@example.com", { ConfigurationSetName: "quiet", Tags: tags });
    expect(await lettersTo("ada@example.com")).toMatchObject([
      {
        Id: MessageId,
        Source: "Sender <no-reply@example.com>",
        Destination: { ToAddresses: ["ada@example.com"] },
        Subject: "Grüße",
        Body: { text_part: "Grüße", html_part: null },
        ConfigurationSetName: "quiet",
        Tags: tags,
        Headers: expect.arrayContaining([
          { name: "Auto-Submitted", value: "auto-generated" },
          { name: "Message-ID", value: `<${MessageId}@email.amazonses.com>` },
        ]),
        RawData: expect.not.stringContaining("<mine>"),
      },
    ]);
  });

  it("goes to the destinations of the call, not of the message", async () => {
    await sendRaw("ada@example.com", { Destinations: ["eve@example.com"] });
    expect(await lettersTo("ada@example.com")).toEqual([]);
    expect(await lettersTo("eve@example.com")).toHaveLength(1);
  });

  it.each([
    {
      what: "an unknown set",
      to: "a@b.example",
      more: { ConfigurationSetName: "none" },
      name: "ConfigurationSetDoesNotExist",
    },
    {
      what: "a tag with other characters",
      to: "a@b.example",
      more: { Tags: [{ Name: "a b", Value: "c" }] },
      name: "InvalidParameterValue",
    },
    {
      what: "an address that SES can't write to",
      to: "ä@b.example",
      more: {},
      name: "InvalidParameterValue",
    },
  ])("refuses $what with SES's error", async ({ to, more, name }) => {
    await expect(sendRaw(to, more)).rejects.toMatchObject({ name: expect.stringMatching(`^${name}`) });
    expect(await lettersTo(to)).toEqual([]);
  });

  it("needs the right to the sender and to the set", async () => {
    const denied = (resource: string) => ({
      message: expect.stringContaining(`on resource: ${fixed}:${resource}`),
    });
    await sendRaw("ada@example.com", { ConfigurationSetName: "quiet" }, "Probe");
    await expect(
      sendRaw("ada@example.com", { ConfigurationSetName: "silent" }, "Probe"),
    ).rejects.toMatchObject(denied("configuration-set/silent"));
    // The set is checked without a sender, so this condition never holds.
    await expect(
      sendRaw("ada@example.com", { ConfigurationSetName: "plain" }, "Probe"),
    ).rejects.toMatchObject(denied("configuration-set/plain"));
    const forged = sendRaw(
      "ada@example.com",
      { Source: "no-reply@example.com" },
      "Probe",
      "boss@example.com",
    );
    await expect(forged).rejects.toMatchObject(denied("identity/boss@example.com"));
  });
});

describe("reports", () => {
  it("follow the rule of the template only if the set says so", async () => {
    const before = put().length;
    await sendRaw("ooto+1@simulator.amazonses.com", { ConfigurationSetName: "silent", Tags: tags });
    await sendRaw("bounce@simulator.amazonses.com", { Tags: tags });
    await sendRaw("success@simulator.amazonses.com", { ConfigurationSetName: "quiet", Tags: tags });
    await sendRaw("COMPLAINT+x@simulator.amazonses.com", { ConfigurationSetName: "quiet", Tags: tags });
    const bodies = await countPut(before + 1);
    expect(bodies.slice(before)).toEqual(['{"type":"Complaint","kind":["login"]}']);
  });

  it("are lost and counted if the queue does not allow the rule", async () => {
    const before = put().length;
    await sendRaw("bounce@simulator.amazonses.com", { ConfigurationSetName: "plain", Tags: tags });
    await eventually("a failed invocation", () => stack().failedInvocations()["plain-rule"]);
    expect(put()).toHaveLength(before);
  });

  it("are lost and counted if the event lacks a path", async () => {
    await sendRaw("bounce@simulator.amazonses.com", { ConfigurationSetName: "quiet" });
    await eventually("a failed invocation", () => stack().failedInvocations()["quiet-rule"]);
  });

  it("can be made of a letter from before a restart", async () => {
    const dataDirectory = temporaryFolder();
    const first = await startFixtureStack({ dataDirectory, alter });
    const { MessageId } = await new SESClient(clientAs(first)).send(
      new SendRawEmailCommand({
        RawMessage: { Data: raw("ada@example.com") },
        ConfigurationSetName: "quiet",
        Tags: tags,
      }),
    );
    const before = await lettersTo("ada@example.com", first);
    await first.stop();
    const second = await startFixtureStack({ dataDirectory, alter });
    expect(await lettersTo("ada@example.com", second)).toEqual(before);
    expect((await fetch(`${second.url}/_aws/ses/${MessageId}/bounce`, { method: "POST" })).status).toBe(204);
    await eventually("the report", () => second.inspectQueue("data-DeadLetters")?.messages.ready[0]);
    await second.stop();
    rmSync(dataDirectory, { recursive: true });
  });
});

describe("suppression list of the account", () => {
  const bounce = async (address: string, ConfigurationSetName: string) => {
    const { MessageId } = await sendRaw(address, { ConfigurationSetName, Tags: tags });
    expect(await lettersTo(address)).toHaveLength(1);
    await fetch(`${stack().url}/_aws/ses/${MessageId}/bounce`, { method: "POST" });
    await fetch(`${stack().url}/_aws/ses`, { method: "DELETE" });
  };

  it("keeps letters from an address that has bounced", async () => {
    await bounce("gone@example.com", "plain");
    await sendRaw("Gone@example.com", { ConfigurationSetName: "plain", Tags: tags });
    expect(await lettersTo("gone@example.com")).toEqual([]);
    await sendRaw("gone@example.com", { ConfigurationSetName: "quiet", Tags: tags });
    expect(await lettersTo("gone@example.com")).toHaveLength(1);
  });

  it("is not filled through a set without reasons", async () => {
    await bounce("ben@example.com", "quiet");
    await sendRaw("ben@example.com", { ConfigurationSetName: "plain", Tags: tags });
    expect(await lettersTo("ben@example.com")).toHaveLength(1);
  });

  it("can be changed over SES v2, with its errors", async () => {
    const address = "cleo+1@example.com";
    expect((await suppression("PUT", undefined, { EmailAddress: address, Reason: "COMPLAINT" })).status).toBe(
      200,
    );
    await sendRaw(address);
    expect(await lettersTo(address)).toEqual([]);
    expect((await suppression("DELETE", address)).status).toBe(200);
    await sendRaw(address);
    expect(await lettersTo(address)).toHaveLength(1);
    const absent = await suppression("DELETE", address);
    expect([absent.status, absent.headers.get("x-amzn-errortype")]).toEqual([404, "NotFoundException"]);
  });

  it("is changed only by functions with the right to it", async () => {
    const denied = await fetch(`${stack().endpoint.url}/v2/email/suppression/addresses/a%40b.example`, {
      method: "DELETE",
      headers: { authorization: authorizationHeader(stack().accessKeyIdOf("Probe") ?? "", "ses") },
    });
    expect([denied.status, denied.headers.get("x-amzn-errortype")]).toEqual([403, "AccessDeniedException"]);
    expect(await denied.text()).toContain("ses:DeleteSuppressedDestination on resource: *");
  });
});

describe("templates that SES would understand differently", () => {
  it.each([
    { what: "tracking", change: { Set: set("other", { TrackingOptions: { CustomRedirectDomain: "x" } }) } },
    { what: "another destination", change: { To: destination("quiet", { SnsDestination: {} }) } },
    {
      what: "a filter that is unknown here",
      change: {
        Rule: {
          Type: "AWS::Events::Rule",
          Properties: { ...rule("r", "s").Properties, EventPattern: { source: [{ suffix: "s" }] } },
        },
      },
    },
    {
      what: "a schedule",
      change: {
        Rule: { Type: "AWS::Events::Rule", Properties: { ScheduleExpression: "rate(1 day)", Targets: [] } },
      },
    },
  ])("stop the start: $what", async ({ change }) => {
    const starting = startFixtureStack({
      alter: (templates) => {
        alter(templates);
        Object.assign(templates.data.Resources, change);
      },
    });
    await expect(starting).rejects.toThrow(/[Uu]nrecognized|not supported|expected|Invalid/);
  });
});
