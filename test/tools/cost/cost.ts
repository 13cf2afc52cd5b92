// `npm run cost` measures every operation on a new local stack, and prints what a production stage
// would cost a month. `--json` prints the same for machines.
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { freshenBundles } from "../../../infra/bundling/fresh-bundles.ts";
import { readCommandLine } from "../../../infra/command-line/command-line.ts";
import { runScript } from "../../../infra/run-script.ts";
import { readSettings } from "../../../infra/settings/settings.ts";
import { synthesise } from "../../../infra/synthesise.ts";
import { startLocalStack } from "../../support/stacks/local-stack.ts";
import { textTable } from "../bench/text-table.ts";
import {
  billOfCall,
  callsPerUser,
  cognitoBill,
  dollarsOf,
  fixedBill,
  monthlyBill,
  usersWhereCognitoIsDearer,
  type Bill,
  type Item,
} from "./bill.ts";
import { measureOperations, type Ledger } from "./ledger.ts";
import { pricesAsOf } from "./prices.ts";

const print = (text: string) => process.stdout.write(`${text}\n`);

const populations = [10_000, 100_000, 1_000_000];
const perThousand = 1_000;

const measure = async (): Promise<Ledger> => {
  await freshenBundles();
  const folder = mkdtempSync(join(tmpdir(), "lit-auth-cost-"));
  const dataDirectory = join(folder, ".local");
  const stack = await startLocalStack({ dataDirectory, engine: "dynoxide", concurrencyPerFunction: 1 });
  try {
    return await measureOperations(stack, { folder, rounds: 2 });
  } finally {
    await stack.stop();
    rmSync(folder, { recursive: true });
  }
};

const rounded = (value: number, digits = 2): string => value.toFixed(digits);
const whole = (value: number): string => Math.round(value).toLocaleString("en-US");

const operationsTable = (ledger: Ledger): string =>
  textTable(
    ["operation", "calls", "WRU", "RRU", "GB-s", "bytes logged", "letters", "USD for 1,000"],
    Object.entries(ledger).map(([name, cost]) => {
      const { afterwards } = cost;
      const both = (own: number, later: number, digits = 0) =>
        later === 0 ? rounded(own, digits) : `${rounded(own, digits)} + ${rounded(later, digits)}`;
      return [
        name,
        both(cost.calls, afterwards.calls),
        both(cost.writeUnits, afterwards.writeUnits),
        both(cost.readUnits, afterwards.readUnits, 1),
        both(cost.gigabyteSeconds, afterwards.gigabyteSeconds, 3),
        both(cost.bytesLogged, afterwards.bytesLogged),
        String(afterwards.letters),
        rounded(dollarsOf(billOfCall(cost)) * perThousand, 4),
      ];
    }),
  );

const monthlyTable = (bills: ReadonlyMap<number, Bill>): string => {
  const items = Object.keys([...bills.values()][0] ?? {}) as Item[];
  return textTable(
    ["USD a month, monthly users", ...[...bills.keys()].map(whole)],
    [
      ...items.map((item) => [item, ...[...bills.values()].map((bill) => rounded(bill[item]))]),
      ["all", ...[...bills.values()].map((bill) => rounded(dollarsOf(bill)))],
      ["all without SES", ...[...bills.values()].map((bill) => rounded(dollarsOf(bill) - bill.SES))],
      ["Cognito Essentials", ...[...bills.keys()].map((users) => rounded(cognitoBill("essentials", users)))],
      ["Cognito Lite", ...[...bills.keys()].map((users) => rounded(cognitoBill("lite", users)))],
    ],
  );
};

await runScript(async () => {
  const { json } = readCommandLine("cost").values;
  const ledger = await measure();
  const fixed = fixedBill(synthesise(readSettings({ STAGE: "prod", MAIL_FROM: "no-reply@example.com" })));
  const billOf = (users: number) => monthlyBill(ledger, fixed, users);
  const bills = new Map(populations.map((users) => [users, billOf(users)]));
  const dearer = {
    essentials: usersWhereCognitoIsDearer("essentials", billOf),
    lite: usersWhereCognitoIsDearer("lite", billOf),
  };
  if (json) {
    const operations = Object.fromEntries(
      Object.entries(ledger).map(([name, cost]) => [
        name,
        { ...cost, dollarsPerThousand: dollarsOf(billOfCall(cost)) * perThousand },
      ]),
    );
    const monthly = Object.fromEntries(
      [...bills].map(([users, bill]) => [
        users,
        {
          ...bill,
          all: dollarsOf(bill),
          cognitoEssentials: cognitoBill("essentials", users),
          cognitoLite: cognitoBill("lite", users),
        },
      ]),
    );
    print(
      JSON.stringify({ pricesAsOf, operations, monthly, usersWhereCognitoIsDearer: dearer }, undefined, 2),
    );
    return;
  }
  print(`Measured on a local stack; list prices of us-east-1 as of ${pricesAsOf}, without the free tier.
A sum like 7 + 5 is the operation's own work and that of the mailer and of events after the answer.

${operationsTable(ledger)}
GB-seconds are those of this machine, where AWS answers at once. Lambda rounds each call up to a millisecond.
Data transfer, storage and backups are not counted.

A month of a production stage. Assumed for each monthly user: ${Object.entries(callsPerUser)
    .map(([name, calls]) => `${calls} ${name}`)
    .join(", ")}.
${monthlyTable(bills)}
Cognito's emails through SES cost the same as ours and are not in its rows. Lite has no codes by email.
Up to 10,000 monthly users, both plans are free. Without emails, Essentials costs more from about
${whole(dearer.essentials)} monthly users, and Lite from about ${whole(dearer.lite)}.`);
});
