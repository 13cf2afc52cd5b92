// What each npm script accepts. Their `--help` is made of this table too, so it can't be wrong.
import { accountUsages } from "./account-usages.ts";
import { eventUsages } from "./event-usages.ts";
import { stageUsages } from "./stage-usages.ts";
import { toolUsages } from "./tool-usages.ts";
import type { Usage } from "./usage.ts";

export const usages = {
  start: {
    does: "Runs the service on this machine, from the templates that a deployment ships, until Ctrl-C. Settings come from .env and the environment. PUBLIC_URL, only from the environment, is the issuer in tokens and the address of the keys, for programs that can't reach http://127.0.0.1:8000.",
    options: {
      port: { value: "number", help: "Listen on this port. By default 8000." },
      host: {
        value: "address",
        help: "Answer other machines and containers too, for instance at 0.0.0.0. They reach the API, the keys and the pages, but no mailbox.",
      },
      fresh: { help: "Delete the data of earlier runs first (.local/)." },
      watch: { help: "Bundle functions again when their source changes." },
      quiet: { help: "Print no line for each request." },
    },
    examples: ["", "--fresh --port 8001"],
  },
  ...eventUsages,
  ...stageUsages,
  ...accountUsages,
  ...toolUsages,
} as const satisfies Record<string, Usage>;

export type ScriptName = keyof typeof usages;
