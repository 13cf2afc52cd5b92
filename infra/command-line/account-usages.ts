// What the npm scripts accept that are about people.
import { refused, stage, type Usage } from "./usage.ts";

export const accountUsages = {
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
} as const satisfies Record<string, Usage>;
