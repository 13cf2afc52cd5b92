import type { UserEvent } from "../events/user-event.ts";
import { publicEvent } from "../events/user-event.ts";
import { nowSeconds } from "../platform/clock.ts";
import { variable } from "../platform/environment.ts";
import { readSecret } from "../platform/secrets.ts";
import { signatures } from "./sign-webhook.ts";
import { readRing, type WebhookRing } from "./webhook-ring.ts";
import { askedSecondsIn } from "./webhook-schedule.ts";

export type Reply =
  | { outcome: "delivered" | "gone"; status: number }
  | { outcome: "failed"; status?: number; askedSeconds?: number | undefined };

const patienceMilliseconds = 15_000;
const gone = 410;

export type Receiver = { url: string; ring: WebhookRing };

/** Reads a secret that is at most five minutes old. */
export const receiver = async (): Promise<Receiver> => ({
  url: variable("WEBHOOK_URL"),
  ring: readRing(await readSecret(variable("WEBHOOK_SECRET_ID"))),
});

const ask = (url: string, body: string, headers: Record<string, string>, patience: number) =>
  fetch(url, {
    method: "POST",
    // A redirect could lead anywhere, and without TLS.
    redirect: "manual",
    signal: AbortSignal.timeout(patience),
    headers: { "content-type": "application/json", "user-agent": "lit-auth-webhooks", ...headers },
    body,
  });

export const postWebhook = async (
  event: UserEvent,
  { url, ring }: Receiver,
  { clock = nowSeconds, patience = patienceMilliseconds } = {},
): Promise<Reply> => {
  const timestamp = clock();
  const body = JSON.stringify(publicEvent(event));
  const headers = {
    "webhook-id": event.id,
    "webhook-timestamp": String(timestamp),
    "webhook-signature": signatures({ id: event.id, timestamp, body }, ring),
  };
  try {
    const response = await ask(url, body, headers, patience);
    const { ok, status } = response;
    const askedSeconds = askedSecondsIn(response.headers.get("retry-after"), clock());
    // Nothing in it counts, and it may be endless.
    await response.body?.cancel().catch(() => {});
    if (ok) return { outcome: "delivered", status };
    if (status === gone) return { outcome: "gone", status };
    return { outcome: "failed", status, askedSeconds };
  } catch {
    return { outcome: "failed" };
  }
};
