import type { UserEvent } from "../events/user-event.ts";
import { publicEvent } from "../events/user-event.ts";
import { nowSeconds } from "../platform/clock.ts";
import { variable } from "../platform/environment.ts";
import { readSecret } from "../platform/secrets.ts";
import { signatures } from "./sign-webhook.ts";
import { readRing } from "./webhook-ring.ts";
import { askedSecondsIn } from "./webhook-schedule.ts";

export type Reply =
  | { outcome: "delivered" | "gone"; status: number }
  | { outcome: "failed"; status?: number; askedSeconds?: number | undefined };

const patienceMilliseconds = 15_000;
const gone = 410;

const ask = (event: UserEvent, signed: { body: string; headers: Record<string, string> }) =>
  fetch(variable("WEBHOOK_URL"), {
    method: "POST",
    // A redirect could lead anywhere, and without TLS.
    redirect: "manual",
    signal: AbortSignal.timeout(patienceMilliseconds),
    headers: {
      "content-type": "application/json",
      "user-agent": "lit-auth-webhooks",
      "webhook-id": event.id,
      ...signed.headers,
    },
    body: signed.body,
  });

/** Its failures never throw. What is wrong with our own secret or settings does. */
export const postWebhook = async (event: UserEvent): Promise<Reply> => {
  const ring = readRing(await readSecret(variable("WEBHOOK_SECRET_ID")));
  const timestamp = nowSeconds();
  const body = JSON.stringify(publicEvent(event));
  const headers = {
    "webhook-timestamp": String(timestamp),
    "webhook-signature": signatures({ id: event.id, timestamp, body }, ring),
  };
  try {
    const response = await ask(event, { body, headers });
    const { ok, status } = response;
    const askedSeconds = askedSecondsIn(response.headers.get("retry-after"), nowSeconds());
    // Nothing in it counts, and it may be endless.
    await response.body?.cancel().catch(() => {});
    if (ok) return { outcome: "delivered", status };
    if (status === gone) return { outcome: "gone", status };
    return { outcome: "failed", status, askedSeconds };
  } catch {
    return { outcome: "failed" };
  }
};
