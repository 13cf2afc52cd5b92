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
  "users:find": {
    does: "Finds people and prints the state of their accounts and registrations. Addresses are masked. A part of an address or username finds everyone whose address or username begins with it.",
    options: {
      email: { value: "address", help: "The address, or how it begins." },
      username: { value: "name", help: "The username, or how it begins." },
      id: { value: "id", help: "The id of an account or a registration." },
      show: { help: "Show whole addresses and usernames." },
      json: { help: "Print JSON for programs." },
      stage,
    },
    examples: ["--email ada@example.com --stage prod", "--username ad --json"],
    failure: "no one was found, or the command failed. The output says why.",
  },
  "users:affected": {
    does: "Writes a new file with the ids, addresses, names and languages of the people whom a notice about a leak of data must reach, one JSON object a line. It counts them first.",
    operands: { form: "<file>", ask: "Name one file.", count: 1 },
    options: {
      since: { value: "time", help: "Everyone with an account whose data was there since this time." },
      until: { value: "time", help: "Only data that was there before this time. By default, until now." },
      "signed-in": { help: "Only people who have signed in, with --since at that time or later." },
      all: { help: "Everyone with an account." },
      ids: { value: "file", help: "The people whose ids a file lists, one a line, for instance from logs." },
      yes: { help: "Don't ask. Scripts need it." },
      stage,
    },
    examples: [
      "affected.jsonl --since 2026-11-20T00:00Z --until 2026-11-22T20:15Z --stage prod",
      "affected.jsonl --ids ids.txt --yes",
    ],
  },
  "sessions:end": {
    does: "Ends all sessions of a person or of everyone. They must sign in again with password and code.",
    options: {
      email: { value: "address", help: "The account's address." },
      id: { value: "id", help: "The account's id." },
      all: { help: "End the sessions of everyone. It asks for the stage's name." },
      confirm: { value: "name", help: "The stage's name (local without --stage), instead of the question." },
      continue: { help: "Continue with --all where it was interrupted." },
      stage,
    },
    examples: ["--email ada@example.com --stage prod", "--all --confirm prod --stage prod"],
  },
  "limits:clear": {
    does: "Forgets counted guesses, so that a person or a network can try again at once. Prints what was counted. Limits of letters that strangers can cause stay.",
    options: {
      email: { value: "address", help: "The guesses for this address, whether or not it has an account." },
      id: { value: "id", help: "The guesses for this person." },
      network: { value: "ip", help: "The guesses from the network of this IP address." },
      stage,
    },
    examples: ["--email ada@example.com --stage prod", "--network 192.0.2.7 --stage prod"],
  },
} as const satisfies Record<string, Usage>;
