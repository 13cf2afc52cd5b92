// Reads the messages with a library, as a mail program would.
import fc from "fast-check";
import PostalMime from "postal-mime";
import { describe, expect, it } from "vitest";
import { mimeMessage, type Envelope } from "../../../shared/mail/mime-message.ts";

const envelope: Envelope = {
  product: "Grüße 你好",
  from: "no-reply@example.com",
  to: "ada@example.com",
  replyTo: undefined,
};
const letter = {
  language: "de" as const,
  subject: "Grüße: Ihr Code",
  text: "Ihr Code:\n\n    123 456\n\nGrüße\n",
  html: '<!doctype html>\n<p style="color:red">123 456</p>',
};
const read = async (own: Partial<Envelope> = {}, other: Partial<typeof letter> = {}) => {
  const raw = mimeMessage({ ...envelope, ...own }, { ...letter, ...other });
  const { headers, ...message } = await PostalMime.parse(raw);
  const named = Object.fromEntries(headers.map(({ key, value }) => [key, value]));
  return { raw, named, ...message };
};
/** The parser adds the line end before a boundary to each part. */
const asRead = (text: string) => `${text}\n`;

describe("letter as a message", () => {
  it("has both parts, one recipient and the owner's name", async () => {
    const { from, to, cc, bcc, subject, text, html, attachments } = await read();
    expect({ from, to, cc, bcc, subject, attachments }).toEqual({
      from: { name: envelope.product, address: envelope.from },
      to: [{ name: "", address: envelope.to }],
      cc: undefined,
      bcc: undefined,
      subject: letter.subject,
      attachments: [],
    });
    expect([text, html]).toEqual([asRead(letter.text), asRead(letter.html)]);
  });

  it("tells programs its language, and not to answer", async () => {
    const { named } = await read();
    expect(named).toMatchObject({
      "auto-submitted": "auto-generated",
      "content-language": "de",
      "mime-version": "1.0",
      "content-type": expect.stringMatching(/^multipart\/alternative;/),
    });
    expect(named).not.toHaveProperty("reply-to");
  });

  it("names the address for answers if there is one", async () => {
    const { replyTo } = await read({ replyTo: "support@example.com" });
    expect(replyTo).toMatchObject([{ address: "support@example.com" }]);
  });

  it("keeps any text, in short lines of ASCII", async () => {
    const line = fc.string({ unit: "grapheme", maxLength: 200 }).map((text) => text.replace(/[\r\n]/g, " "));
    const body = fc.array(line, { maxLength: 6 }).map((lines) => lines.join("\n"));
    await fc.assert(
      fc.asyncProperty(line, body, body, async (subject, text, html) => {
        const { raw, ...message } = await read({}, { subject, text, html });
        expect(message.text).toBe(asRead(text));
        expect(message.html).toBe(asRead(html));
        const words = (given = "") => given.replace(/\s+/g, " ").trim();
        expect(words(message.subject)).toBe(words(subject));
        expect(raw).toMatch(/^[\x20-\x7e\r\n]*$/);
        expect(Math.max(...raw.split("\r\n").map(({ length }) => length))).toBeLessThanOrEqual(85);
        expect(raw.replaceAll("\r\n", "")).not.toMatch(/[\r\n]/);
      }),
      { numRuns: 200 },
    );
  });

  it("can't be given another header by a subject or name", async () => {
    const forged = "Code\r\nBcc: eve@example.com";
    const { named, bcc } = await read({ product: forged }, { subject: forged });
    expect(named).not.toHaveProperty("bcc");
    expect(bcc).toBeUndefined();
  });
});
