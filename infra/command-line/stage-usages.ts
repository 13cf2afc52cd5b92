// What the npm scripts accept that are about a whole stage.
import { stage, type Usage } from "./usage.ts";

export const stageUsages = {
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
  "letters:redrive": {
    does: "Shows which orders of letters wait in dead-letter queues, without personal data, and moves them back to be sent. The mailer drops codes that were ordered more than 15 minutes ago.",
    options: {
      queue: {
        value: "name",
        help: "codes, notices, feedback (reports of bounces and complaints), or all. By default, all.",
      },
      "dry-run": { help: "Only show what waits." },
      yes: { help: "Don't ask. Scripts need it." },
      stage,
    },
    examples: ["--dry-run --stage prod", "--queue codes --yes --stage prod"],
  },
  "data:backfill": {
    does: "Gives items that an earlier version has written what newer ones have: the version of the item, and an account's count of changes. Changes no meaning and causes no event. After an interruption, the same command does what is left.",
    options: { "dry-run": { help: "Only count." }, stage },
    examples: ["--dry-run --stage prod", "--stage prod"],
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
      history: {
        value: "table",
        help: "Read what happened since in this table, that of a deleted stage. By default, in the stage's own.",
      },
      confirm: { help: "Do it. Without --ids, everyone must sign in again." },
      stage,
    },
    examples: [
      "--from restored-users --at 2026-05-01T12:00:00Z --stage prod",
      "--from restored-users --at 2026-05-01T12:00:00Z --stage prod --confirm",
    ],
    failure: "at least one account could not be restored, or the command failed. The output says why.",
  },
} as const satisfies Record<string, Usage>;
