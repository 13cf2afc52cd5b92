import { createHmac } from "node:crypto";
import type { WebhookRing } from "./webhook-ring.ts";

export type Signed = { id: string; timestamp: number; body: string };

const signature = ({ id, timestamp, body }: Signed, secret: string): string =>
  `v1,${createHmac("sha256", secret).update(`${id}.${timestamp}.${body}`).digest("base64")}`;

/** Standard Webhooks: one signature for each secret, with spaces between them. */
export const signatures = (signed: Signed, { current, previous }: WebhookRing): string =>
  [current, previous]
    .flatMap((secret) => (secret === undefined ? [] : [signature(signed, secret)]))
    .join(" ");
