// Where what happens to accounts is sent, beside the bus of EventBridge.
import * as z from "zod";

const loopback = new Set(["127.0.0.1", "localhost", "[::1]"]);
/** The only stages that run on this machine: `npm start` and the tests. */
const localStages = new Set(["local", "test"]);

export const isOnThisMachine = (url: string): boolean => loopback.has(new URL(url).hostname);

const problemOf = (text: string): string | undefined => {
  if (!URL.canParse(text)) return "must be a URL that begins with https://";
  const { protocol, hostname, username, password } = new URL(text);
  if (username !== "" || password !== "") return "must have no user name and no password before an @";
  if (text.includes("#")) return "must have no #, because what follows it is never sent";
  if (protocol === "https:") return undefined;
  return protocol === "http:" && loopback.has(hostname)
    ? undefined
    : "must begin with https://. Only npm start also accepts http://127.0.0.1 and http://localhost";
};

export const eventSettings = {
  WEBHOOK_URL: {
    schema: z
      .string()
      .superRefine((text, context) => {
        const problem = problemOf(text);
        if (problem !== undefined) context.addIssue({ code: "custom", message: problem });
      })
      .optional(),
    fallback: null,
    help: "The URL that is told what happens to accounts, as Standard Webhooks: https, without a user name and a fragment. The stack makes a secret for the signatures (0.40 USD a month), which npm run webhook:secret shows. npm start also accepts http at this machine. If it is empty, events leave only on the stage's bus of EventBridge.",
  },
  WEBHOOK_CONCURRENCY: {
    schema: z.coerce.number().int().min(2).max(1_000),
    fallback: "2",
    help: "How many webhooks leave at once, for first tries and for later ones apart. The events of one person always leave one after another. Raise it if the receiver is fast and the queue grows, for example before an import.",
  },
} as const;

/** A deployment could reach only itself there, and without TLS. */
export const isReachable = ({
  STAGE,
  WEBHOOK_URL,
}: {
  STAGE: string;
  WEBHOOK_URL?: string | undefined;
}): boolean => WEBHOOK_URL === undefined || WEBHOOK_URL.startsWith("https:") || localStages.has(STAGE);
