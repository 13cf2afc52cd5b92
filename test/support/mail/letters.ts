// Reads received letters. Every target serves them in the form of LocalStack's `/_aws/ses`, which
// itself gives no more than the message.
import PostalMime from "postal-mime";
import * as z from "zod";
import { eventually } from "../assert/eventually.ts";
import { rememberSecrets } from "../stacks/secrets-seen.ts";
import { mailboxUrl } from "../stacks/target-urls.ts";

const letter = z.object({
  Id: z.string(),
  Source: z.string(),
  Destination: z.object({ ToAddresses: z.array(z.string()) }),
  Subject: z.string(),
  Body: z.object({ text_part: z.string(), html_part: z.string() }),
  Timestamp: z.string(),
});
const rawLetter = z.object({ Id: z.string(), RawData: z.string(), Timestamp: z.string() });
const mailbox = z.object({ messages: z.array(z.union([letter, rawLetter])) });
type Letter = z.output<typeof letter>;

const read = async (listed: Letter | z.output<typeof rawLetter>): Promise<Letter> => {
  if (!("RawData" in listed)) return listed;
  const { from, to = [], subject = "", text = "", html = "" } = await PostalMime.parse(listed.RawData);
  return {
    ...listed,
    Source: from?.address ?? "",
    Destination: { ToAddresses: to.flatMap(({ address }) => address ?? []) },
    Subject: subject,
    Body: { text_part: text, html_part: html },
  };
};

/** Returns all letters to an address, oldest first. Only the embedded mailbox filters by `to`. */
export const lettersTo = async (address: string): Promise<Letter[]> => {
  const response = await fetch(`${mailboxUrl()}?to=${encodeURIComponent(address)}`);
  const { messages } = mailbox.parse(await response.json());
  const letters = await Promise.all(messages.map(read));
  return letters
    .filter(({ Destination }) =>
      Destination.ToAddresses.some((to) => to.toLowerCase() === address.toLowerCase()),
    )
    .sort((a, b) => a.Timestamp.localeCompare(b.Timestamp));
};

/** Waits for the letter number `count` to this address. */
export const letterTo = (address: string, count = 1): Promise<Letter> =>
  eventually(`letter ${count} to ${address}`, async () => (await lettersTo(address))[count - 1]);

/** In right-to-left letters, marks around the code keep its order. */
const codePattern = /^ {4}\u2066?(\d{3} \d{3}|[A-Z2-7]{4}(?:-[A-Z2-7]{4}){3})\u2069?$/m;

/** Returns the code as the letter shows it, with its spaces or hyphens. */
export const codeIn = (letter: Letter): string => {
  const code = codePattern.exec(letter.Body.text_part)?.[1];
  if (code === undefined) throw new Error(`no code in the letter "${letter.Subject}"`);
  rememberSecrets({ otp_code: code });
  return code;
};

/** Waits for the letter number `count` and returns its code. */
export const codeTo = async (address: string, count = 1): Promise<string> =>
  codeIn(await letterTo(address, count));
