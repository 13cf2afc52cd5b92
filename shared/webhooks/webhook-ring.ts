// The secrets that webhooks are signed with. While two of them overlap, each webhook has both
// signatures, so that the receiver can change its copy at any time.
import { randomInt } from "node:crypto";
import * as z from "zod";

const shortestBytes = 24;
const madeLength = 48;
const characters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";

const secret = z.string().min(shortestBytes);
const webhookRing = z.object({ current: secret, previous: secret.optional() });
export type WebhookRing = z.output<typeof webhookRing>;

/** Never repeats its input: a parser's message could quote a secret. */
export const readRing = (text: string): WebhookRing => {
  try {
    return webhookRing.parse(JSON.parse(text));
  } catch {
    throw new Error("The secret of the webhooks is not what the stack made. Rotate it.");
  }
};

const newSecret = (): string =>
  Array.from({ length: madeLength }, () => characters.charAt(randomInt(characters.length))).join("");

export const rotated = ({ current }: WebhookRing): WebhookRing => ({
  current: newSecret(),
  previous: current,
});
export const finished = ({ current }: WebhookRing): WebhookRing => ({ current });

/** The form that the libraries of Standard Webhooks take. */
export const shownSecret = (text: string): string => `whsec_${Buffer.from(text).toString("base64")}`;
