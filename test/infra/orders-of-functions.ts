// Which orders of letters each function makes, as its source says, and which queues it may use.
import { globSync, readFileSync } from "node:fs";
import path from "node:path";
import type { FunctionName, Grant } from "../../infra/grants/grant.ts";
import { grants } from "../../infra/grants/grants.ts";
import { kebabCase } from "../../infra/naming.ts";

const sources = new Map(
  globSync("functions/**/*.ts").map((file) => [path.basename(file, ".ts"), readFileSync(file, "utf8")]),
);

/** The exported helpers that make orders, each with its own text. */
const helpers = new Map(
  globSync("shared/{mail/{code-requests,mail-queue},sign-in/session-renewal}.ts").flatMap((file) =>
    readFileSync(file, "utf8")
      .split(/^export const /m)
      .slice(1)
      .map((text) => [/^\w+/.exec(text)?.[0] ?? "", text] as const),
  ),
);

const ordersIn = (text: string): string[] => [
  ...[...text.matchAll(/\b(?:enqueueLetter|enqueue)\(\{\s*kind: "(\w+)"/g)].map(([, kind = ""]) => kind),
  ...[...helpers].flatMap(([name, body]) =>
    body !== text && new RegExp(`\\b${name}\\(`).test(text.replace(/^\w+/, "")) ? ordersIn(body) : [],
  ),
];

const queueOf = (kind: string) =>
  ["activation", "login"].includes(kind) ? "MAIL_QUEUE_URL" : "NOTICE_QUEUE_URL";

// The mailer makes any order again.
const names = (Object.keys(grants) as FunctionName[]).filter((name) => name !== "mailer");

export const queuesNeeded = (): Record<string, string[]> =>
  Object.fromEntries(
    names.map((name) => {
      const orders = ordersIn(sources.get(kebabCase(name)) ?? "");
      return [name, [...new Set(orders.map(queueOf))].toSorted()];
    }),
  );

export const queuesGranted = (): Record<string, string[]> =>
  Object.fromEntries(
    names.map((name) => {
      const grant: Grant = grants[name];
      const queues = [
        "MAIL_QUEUE_URL",
        "NOTICE_QUEUE_URL",
        "MAIL_DEAD_LETTERS_URL",
        "NOTICE_DEAD_LETTERS_URL",
      ];
      return [name, queues.filter((queue) => queue in grant).toSorted()];
    }),
  );
