import type { Grant } from "./grant.ts";
import { background, codeLetterLimits, mailing, read, rotate, spend, write } from "./grant-words.ts";

export const backgroundGrants = {
  mailer: {
    USERS_TABLE: {
      GetItem: [
        "user",
        "email",
        "pending",
        "email-change",
        "undo",
        "goodbye",
        "goodbye-earlier",
        "goodbye-undone",
        "delivery",
      ],
      // Codes are stored in the item that they are for, which may be the account.
      UpdateItem: [
        "user",
        "pending",
        "reset",
        "email-change",
        "email-claim",
        "undo",
        "goodbye",
        "goodbye-earlier",
        "goodbye-undone",
      ],
    },
    // Whether a reset is for an account or for a registration shows only here.
    LIMITS_TABLE: { ...spend, GetItem: ["limit"] },
    // An order that waits for its time, or for SES, is queued again.
    MAIL_QUEUE_URL: ["SendMessage"],
    MAIL_DEAD_LETTERS_URL: ["SendMessage"],
    NOTICE_QUEUE_URL: ["SendMessage"],
    NOTICE_DEAD_LETTERS_URL: ["SendMessage"],
    DIGEST_SECRET_ID: read,
    MAIL_FROM: ["SendRawEmail"],
    CONFIGURATION_SET: ["SendRawEmail"],
    settings: [
      "PRODUCT_NAME",
      "MAIL_REPLY_TO",
      "DEFAULT_LOCALE",
      "MX_RESOLVER",
      "KEY_ROTATION_DAYS",
      ...codeLetterLimits,
    ],
    // A slow letter fits, and one that SES leaves without an answer twice.
    timeoutSeconds: 20,
    queuesItself: true,
    ...mailing,
  },
  feedback: {
    USERS_TABLE: {
      GetItem: ["user"],
      BatchGetItem: ["email", "pending"],
      PutItem: ["delivery"],
      UpdateItem: ["username"],
      DeleteItem: ["pending", "registration"],
    },
    LIMITS_TABLE: { ...spend, GetItem: ["limit"] },
    FEEDBACK_QUEUE_URL: ["SendMessage"],
    FEEDBACK_DEAD_LETTERS_URL: ["SendMessage"],
    PSEUDONYM_SECRET_ID: read,
    queuesItself: true,
    ...mailing,
  },
  events: {
    USERS_TABLE: { GetItem: ["goodbye"] },
    HISTORY_TABLE: {
      Query: ["person"],
      PutItem: ["person", "act"],
      ConditionCheckItem: ["person"],
      BatchWriteItem: ["person"],
    },
    EVENT_BUS: ["PutEvents"],
    EVENTS_DEAD_LETTERS_URL: ["SendMessage"],
    WEBHOOK_QUEUE_URL: ["SendMessage"],
    settings: ["HISTORY_DAYS", "METRICS_NAMESPACE"],
    // A batch of the stream has 25 records, and a replay 50 events.
    timeoutSeconds: 60,
    ...mailing,
  },
  sendWebhook: {
    WEBHOOK_QUEUE_URL: ["ChangeMessageVisibility"],
    WEBHOOK_RETRIES_URL: ["SendMessage"],
    WEBHOOK_DEAD_LETTERS_URL: ["SendMessage"],
    WEBHOOK_SECRET_ID: read,
    settings: ["WEBHOOK_URL", "METRICS_NAMESPACE"],
    // One try takes at most 15 s. Those of a batch run side by side.
    timeoutSeconds: 25,
    queuesItself: true,
    ...mailing,
  },
  createKeys: {
    DIGEST_SECRET_ID: write,
    SIGNING_KEYS_ID: write,
    VERIFICATION_KEYS_ID: write,
    timeoutSeconds: 30,
    ...background,
  },
  rotateKeys: {
    DIGEST_SECRET_ID: rotate,
    SIGNING_KEYS_ID: rotate,
    VERIFICATION_KEYS_ID: write,
    settings: ["SESSION_IDLE_SECONDS", "ACCESS_TOKEN_LIFETIME_SECONDS"],
    timeoutSeconds: 30,
    ...background,
  },
  pages: { ...background },
} as const satisfies Record<string, Grant>;
