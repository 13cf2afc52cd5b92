// What each npm script accepts. Their `--help` is made of this table too, so it can't be wrong.
import { toolUsages } from "./tool-usages.ts";
import type { Usage } from "./usage.ts";

const stage = {
  value: "name",
  help: "Work on this deployed stage, with your AWS credentials. By default, on the local stack of this folder.",
};
const refused = "at least one line was refused, or the command failed. The output says why.";

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
    does: "Deploys all stacks to AWS with `cdk deploy`. Alarms of a stage named prod watch it for ten minutes and roll it back, and a smoke test follows.",
    operands: { form: "[-- <arguments of cdk deploy>]", ask: "Put arguments of cdk deploy after --." },
    options: {
      stage: { value: "name", help: "Deploy this stage. By default, that of the setting STAGE." },
      "despite-alarms": { help: "Deploy while an alarm is on that would roll back. The others still watch." },
    },
    examples: ["--stage prod", "--stage prod -- --require-approval never"],
  },
  doctor: {
    does: "Checks an AWS account before a deployment, with calls that only read. Prints a line for each check, and what to do.",
    options: {
      stage: { value: "name", help: "Check for this stage. By default, for that of the setting STAGE." },
    },
    examples: ["--stage prod"],
    failure: "a line says problem.",
  },
  smoke: {
    does: "Registers, signs in and deletes one account at SES's mailbox simulator over HTTP, with codes that it writes with your AWS rights. Removes what an interrupted run left.",
    options: {
      wait: { value: "seconds", help: "Wait so long for each letter. By default 30." },
      "letters-only": {
        help: "Don't sign in. Registers and waits for the letter, which needs no right to read the digest keys.",
      },
      stage,
    },
    examples: ["", "--stage prod", "--letters-only --stage prod"],
    failure: "a step failed. The last line names it.",
  },
  "keys:revoke": {
    does: "Replaces the keys of all tokens after one has leaked. Everyone must sign in again.",
    options: {
      yes: { help: "Don't ask. Scripts need it." },
      stage,
    },
    examples: ["--stage prod", "--yes --stage prod"],
  },
  "create-admin": {
    does: "Creates an administrator, or makes one of the account with this address: sets its username and password, enables it and ends its sessions. Asks for the password twice, or reads one line from a pipe.",
    options: {
      email: { value: "address", help: "The administrator's email address. Required." },
      username: { value: "name", help: "The administrator's username. Required." },
      stage,
    },
    examples: [
      "--email root@example.com --username root",
      "--email root@example.com --username root --stage prod < password.txt",
    ],
  },
  "users:import": {
    does: "Imports accounts with their password hashes from a file with one JSON object a line. Accounts that are there stay unchanged, so an interrupted import can be run again.",
    operands: { form: "<file>", ask: "Name one file.", count: 1 },
    options: { stage },
    examples: ["users.jsonl", "users.jsonl --stage prod"],
    failure: refused,
  },
  "users:export": {
    does: "Writes all accounts with their password hashes to a new file that users:import can read. After an interruption, the same command continues.",
    operands: { form: "<file>", ask: "Name one file.", count: 1 },
    options: { stage },
    examples: ["users.jsonl", "users.jsonl --stage prod"],
  },
  "users:move": {
    does: "Moves an account from a lost or stolen mailbox to another address. start freezes the account, confirm sends the code to the new address without a wait of 72 hours, and cancel gives the account back.",
    operands: {
      form: "start|confirm|cancel",
      ask: "Name one act.",
      count: 1,
      acts: ["start", "confirm", "cancel"],
    },
    options: {
      email: { value: "address", help: "The account's present address. Required." },
      "new-email": { value: "address", help: "The new address. start requires it." },
      stage,
    },
    examples: [
      "start --email old@example.com --new-email new@example.com",
      "cancel --email old@example.com --stage prod",
    ],
  },
  "users:bulk": {
    does: "Deactivates or deletes the accounts that a file lists, one id or email address a line. Leaves administrators and frozen accounts alone. Without --confirm, it only counts and checks.",
    operands: {
      form: "deactivate|delete <file>",
      ask: "Name an act and one file.",
      count: 2,
      acts: ["deactivate", "delete"],
    },
    options: { confirm: { help: "Do it. Without it, nothing is changed." }, stage },
    examples: ["deactivate accounts.txt", "delete accounts.txt --confirm --stage prod"],
    failure: refused,
  },
  ...toolUsages,
} as const satisfies Record<string, Usage>;

export type ScriptName = keyof typeof usages;
