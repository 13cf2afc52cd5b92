import { describe, expect, it } from "vitest";
import { readLetter } from "../../tools/stage/received-letter.ts";

const letter = [
  "From: =?UTF-8?B?TElUIEF1dGg=?= <no-reply@example.com>",
  "To: ada@letters.example.com",
  "Subject: =?UTF-8?Q?Your_activation_code?=",
  "MIME-Version: 1.0",
  'Content-Type: multipart/alternative; boundary="b"',
  "",
  "--b",
  "Content-Type: text/plain; charset=UTF-8",
  "Content-Transfer-Encoding: quoted-printable",
  "",
  "Your code:=20",
  "",
  "    123 456",
  "--b",
  "Content-Type: text/html; charset=UTF-8",
  "Content-Transfer-Encoding: base64",
  "",
  Buffer.from("<b>123 456</b>").toString("base64"),
  "--b--",
  "",
].join("\r\n");

describe("letter received by a stage", () => {
  it("is read in the form of LocalStack's mailbox", async () => {
    const message = {
      notificationType: "Received",
      mail: { messageId: "m1", timestamp: "2026-01-01T00:00:00.000Z", source: "bounce@amazonses.com" },
      receipt: { recipients: ["ada@letters.example.com"] },
      content: Buffer.from(letter).toString("base64"),
    };
    const read = await readLetter(JSON.stringify(message));
    expect(read).toMatchObject({
      Id: "m1",
      Source: "no-reply@example.com",
      Destination: { ToAddresses: ["ada@letters.example.com"] },
      Subject: "Your activation code",
      Timestamp: "2026-01-01T00:00:00.000Z",
    });
    expect(read.Body.text_part).toMatch(/^ {4}123 456$/m);
    expect(read.Body.html_part).toContain("<b>123 456</b>");
  });
});
