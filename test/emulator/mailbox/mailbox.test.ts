import { readdirSync, readFileSync, rmSync } from "node:fs";
import path from "node:path";
import PostalMime from "postal-mime";
import { describe, expect, it } from "vitest";
import * as z from "zod";
import { messageId, openMailbox } from "../../../infra/local/mailbox/mailbox-files.ts";
import { mimeMessage } from "../../../shared/mail/mime-message.ts";
import { plainPython, runPython } from "../../support/python/python.ts";
import { act, startFixtureStack, temporaryFolder, useStack } from "../fixtures/use-stack.ts";

const stack = useStack();
const mailboxSchema = z.object({ messages: z.array(z.record(z.string(), z.unknown())) });
const mailbox = async (url: string, query = "") =>
  mailboxSchema.parse(await (await fetch(`${url}/_aws/ses${query}`)).json()).messages;

const email = {
  to: "ada@example.com",
  subject: "Grüße <b>",
  text: "Ihr Code: 123 456\n\n--\nEnde",
  html: '<p style="color: red">Ihr Code: <b>123 456</b></p>\n',
};

describe("mailbox", () => {
  it("lists emails in LocalStack's format, and deletes them by id", async () => {
    const sent = await act(stack(), "email", email);
    const { MessageId } = z.object({ MessageId: z.string() }).parse(await sent.json());
    expect(await mailbox(stack().url)).toEqual([
      {
        Id: MessageId,
        Region: "us-east-1",
        Source: "Sender <no-reply@example.com>",
        Destination: { ToAddresses: [email.to] },
        Subject: email.subject,
        Body: { text_part: email.text, html_part: email.html },
        Timestamp: expect.stringMatching(/^\d{4}-\d\d-\d\dT/),
        ConfigurationSetName: null,
        Tags: [],
        Headers: expect.arrayContaining([{ name: "To", value: email.to }]),
      },
    ]);
    expect(await mailbox(stack().url, `?id=${MessageId}`)).toMatchObject([
      { RawData: expect.stringContaining("Ihr Code: 123 456") },
    ]);
    expect(await mailbox(stack().url, "?id=another")).toEqual([]);
    expect(await mailbox(stack().url, "?email=somebody@example.com")).toEqual([]);
    const deleted = await fetch(`${stack().url}/_aws/ses?id=${MessageId}`, { method: "DELETE" });
    expect(deleted.status).toBe(204);
    expect(await mailbox(stack().url)).toEqual([]);
    expect(readdirSync(stack().mailboxFolder)).toEqual([]);
  });

  it("stores each email as an .eml file named by time and recipient", async () => {
    await act(stack(), "email", { ...email, to: "../../etc/passwd@example.com" });
    const [file = ""] = readdirSync(stack().mailboxFolder);
    expect(file).toMatch(/^\d{4}-\d\d-\d\dT[\d-]+\.\d{3}Z \.\._\.\._etc_passwd@example\.com \w+\.eml$/);
    const content = readFileSync(path.join(stack().mailboxFolder, file), "utf8");
    expect(content).toContain('To: <"../../etc/passwd"@example.com>\r\n');
    expect(content).toMatch(/^Content-Type: multipart\/alternative;\s+boundary=/m);
    expect(content).toContain(email.text.replaceAll("\n", "\r\n"));
    expect(content).toMatch(/^Message-ID: <[\w-]+@email\.amazonses\.com>\r$/m);
    expect(content).toMatch(/^Date: \w{3}, \d\d \w{3} \d{4} [\d:]{8} \+0000\r$/m);
    await fetch(`${stack().url}/_aws/ses`, { method: "DELETE" });
  });

  it("stores the product's letters as files that mail programs can open", async () => {
    const box = await openMailbox(temporaryFolder());
    const envelope = { product: "Grüße", from: "no-reply@example.com", to: email.to, replyTo: undefined };
    const raw = Buffer.from(mimeMessage(envelope, { ...email, language: "de" }));
    const sentAt = new Date("2026-11-26T06:07:08.000Z");
    const { id } = await box.add(messageId(sentAt, "0".repeat(24)), raw, {
      to: [email.to],
      configurationSet: "set",
      tags: [{ Name: "recipient", Value: "x".repeat(43) }],
    });
    const [file = ""] = readdirSync(box.folder);
    const content = readFileSync(path.join(box.folder, file), "utf8");
    const seen = {
      id: `<${id}@email.amazonses.com>`,
      version: "1.0",
      subject: email.subject,
      from: "Grüße",
      to: email.to,
    };
    const { headers, ...read } = await PostalMime.parse(content);
    expect({
      id: read.messageId,
      version: headers.find(({ key }) => key === "mime-version")?.value,
      subject: read.subject,
      from: read.from?.name,
      to: read.to?.[0]?.address,
    }).toEqual(seen);
    expect(read.date).toBe(sentAt.toISOString());
    const python = await plainPython();
    if (python === undefined) return;
    expect(JSON.parse(await runPython(python, "read_letter.py", [], content))).toEqual({
      ...seen,
      defects: [],
      date: "2026-11-26T06:07:08+00:00",
      parts: { plain: email.text, html: email.html.trimEnd() },
    });
  });

  it("keeps emails across a restart", async () => {
    const dataDirectory = path.join(temporaryFolder(), "[a] {b,c} #1 50% é");
    const first = await startFixtureStack({ dataDirectory });
    await act(first, "email", email);
    await act(first, "email", { ...email, subject: "second", html: undefined });
    const before = await mailbox(first.url);
    await first.stop();
    const second = await startFixtureStack({ dataDirectory });
    expect(await mailbox(second.url)).toEqual(before);
    await second.stop();
    rmSync(dataDirectory, { recursive: true });
  });

  it("allows no script on the inbox page but its own file", async () => {
    const page = await fetch(stack().inboxUrl);
    expect(page.status).toBe(200);
    expect(page.headers.get("content-security-policy")).toContain("script-src 'self';");
    const html = await page.text();
    expect(html).not.toMatch(/<script>|\son\w+=/);
    for (const [file, type] of [
      ["inbox.js", "text/javascript"],
      ["inbox.css", "text/css"],
    ]) {
      const asset = await fetch(`${stack().inboxUrl}${file}`);
      expect(asset.headers.get("content-type")).toContain(type);
    }
  });
});
