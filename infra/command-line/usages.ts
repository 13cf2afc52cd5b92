// What each npm script accepts. Their `--help` is made of this table too, so it can't be wrong.
import { accountUsages } from "./account-usages.ts";
import { toolUsages } from "./tool-usages.ts";
import { stage, type Usage } from "./usage.ts";

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
  deploy: {
    does: "Deploys all stacks to AWS with `cdk deploy`.",
    operands: { form: "[-- <arguments of cdk deploy>]", ask: "Put arguments of cdk deploy after --." },
    options: {
      stage: { value: "name", help: "Deploy this stage. By default, that of the setting STAGE." },
    },
    examples: ["--stage prod", "--stage prod -- --require-approval never"],
  },
  "keys:revoke": {
    does: "Replaces the keys of all tokens after one has leaked. Everyone must sign in again.",
    options: {
      yes: { help: "Don't ask. Scripts need it." },
      stage,
    },
    examples: ["--stage prod", "--yes --stage prod"],
  },
  restore: {
    does: "Puts accounts of a backup into a stage: of a table that AWS has restored, or that a deleted stage has left. What ended since the backup does not come back: deleted and deactivated accounts, old passwords, ranks, devices and tokens. Without --confirm, it only counts.",
    options: {
      from: { value: "table", help: "The name of the table of users with the backup. Required." },
      at: { value: "time", help: "The time of the backup, such as 2026-05-01T12:00:00Z. Required." },
      ids: {
        value: "file",
        help: "Restore only the accounts whose ids this file lists, one a line, also if they were deleted since.",
      },
      "pseudonym-secret": {
        value: "ARN",
        help: "Give an empty stage the pseudonym secret of this one first: its copy, or that of a deleted stage.",
      },
      confirm: { help: "Do it. Everyone must sign in again." },
      stage,
    },
    examples: [
      "--from restored-users --at 2026-05-01T12:00:00Z --stage prod",
      "--from restored-users --at 2026-05-01T12:00:00Z --stage prod --confirm",
    ],
    failure: "at least one account could not be restored, or the command failed. The output says why.",
  },
  ...accountUsages,
  ...toolUsages,
} as const satisfies Record<string, Usage>;

export type ScriptName = keyof typeof usages;
