/** Letters as their receiver sees them, on every target: LocalStack's `/_aws/ses` shape. */
import * as z from "zod";
import { eventually } from "../assert/eventually.ts";
import { remember } from "../stacks/secrets-seen.ts";
import { mailboxUrl } from "../stacks/urls.ts";

const mailbox = z.object({
  messages: z.array(
    z.object({
      Id: z.string(),
      Source: z.string(),
      Destination: z.object({ ToAddresses: z.array(z.string()) }),
      Subject: z.string(),
      Body: z.object({ text_part: z.string(), html_part: z.string() }),
      Timestamp: z.string(),
    }),
  ),
});
export type Letter = z.output<typeof mailbox>["messages"][number];

/** All letters to an address, oldest first. The embedded mailbox filters by `to`; others ignore it. */
export const lettersTo = async (address: string): Promise<Letter[]> => {
  const response = await fetch(`${mailboxUrl()}?to=${encodeURIComponent(address)}`);
  const { messages } = mailbox.parse(await response.json());
  return messages
    .filter(({ Destination }) =>
      Destination.ToAddresses.some((to) => to.toLowerCase() === address.toLowerCase()),
    )
    .sort((a, b) => a.Timestamp.localeCompare(b.Timestamp));
};

/** The letter number `count` to this address, waiting until it is there. */
export const letterTo = (address: string, count = 1): Promise<Letter> =>
  eventually(`letter ${count} to ${address}`, async () => (await lettersTo(address))[count - 1]);

const codePattern = /^ {4}(\d{3} \d{3}|[A-Z2-7]{4}(?:-[A-Z2-7]{4}){3})$/m;

/** The code as the letter shows it. */
export const codeIn = (letter: Letter): string => {
  const code = codePattern.exec(letter.Body.text_part)?.[1];
  if (code === undefined) throw new Error(`no code in the letter "${letter.Subject}"`);
  remember({ otp_code: code });
  return code;
};

/** The code of letter number `count`. */
export const codeTo = async (address: string, count = 1): Promise<string> =>
  codeIn(await letterTo(address, count));
