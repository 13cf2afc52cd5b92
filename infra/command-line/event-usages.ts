import { stage, type Usage } from "./usage.ts";

export const eventUsages = {
  "webhook:secret": {
    does: "Shows the secret that webhooks are signed with, on a terminal or in a new file. --rotate makes a new one, while the earlier one still signs too. --finish ends that.",
    options: {
      file: { value: "path", help: "Write the secret to this new file, which only you can read." },
      rotate: { help: "Make a new secret, and show that." },
      finish: { help: "Stop signing with the earlier secret. Shows nothing." },
      stage,
    },
    examples: ["", "--rotate --file secret.txt --stage prod", "--finish --stage prod"],
  },
  "events:replay": {
    does: "Sends events again that happened since a time, from the history, to the bus and the webhooks. They keep their ids.",
    options: {
      since: { value: "time", help: "A time such as 2026-01-31T08:00Z, or a time ago such as 2h. Required." },
      until: { value: "time", help: "Only events before this time. By default, all." },
      "dry-run": { help: "Only count. Nothing is sent." },
      stage,
    },
    examples: ["--since 2h --dry-run", "--since 2026-01-31T08:00Z --until 2026-01-31T12:00Z --stage prod"],
  },
  "events:redrive": {
    does: "Handles dead letters of events again: reads records of the stream anew while it still has them, and puts webhooks back among those that are tried again.",
    options: {
      discard: { help: "Also delete positions whose records the stream has forgotten." },
      stage,
    },
    examples: ["", "--stage prod"],
    failure: "something is left in the dead letters, or the command failed. The output says why.",
  },
} as const satisfies Record<string, Usage>;
