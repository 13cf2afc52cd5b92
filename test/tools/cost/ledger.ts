// Calls every operation on a local stack, and records what each costs: calls to AWS, DynamoDB's
// units, GB-seconds and logged bytes, of its own function and of those that work after the answer.
import { readdirSync } from "node:fs";
import type { Stack } from "../../../infra/local/stack.ts";
import { defaultMemoryMegabytes, grants } from "../../../infra/grants/grants.ts";
import type { FunctionName, Grant } from "../../../infra/grants/grant.ts";
import { pascalCase } from "../../../infra/naming.ts";
import { contract, type OperationName } from "../../../shared/contract/contract.ts";
import { eventually } from "../../support/assert/eventually.ts";
import { allLettersSent } from "../../support/mail/mail-queue.ts";
import { callRareOperations } from "../bench/alone/rare-operations.ts";
import { createClient, type Client } from "../bench/load/client.ts";
import { openLetterBox } from "../bench/load/letter-box.ts";
import { createPhases, newPerson, peopleOf } from "../bench/load/phases.ts";

export type Cost = {
  calls: number;
  writeUnits: number;
  readUnits: number;
  gigabyteSeconds: number;
  bytesLogged: number;
};
/** Of the mailer and the other functions that no caller waits for. */
export type CostAfterwards = Cost & { invocations: number; letters: number; events: number };
export type OperationCost = Cost & { afterwards: CostAfterwards };
export type Ledger = Record<OperationName, OperationCost>;

const megabytesPerGigabyte = 1_024;

const isBackground = (name: FunctionName): boolean => !(name in contract);
const background = (Object.keys(grants) as FunctionName[]).filter(isBackground);

const gigabytesOf = (name: FunctionName): number => {
  const { memoryMegabytes = defaultMemoryMegabytes }: Grant = grants[name];
  return memoryMegabytes / megabytesPerGigabyte;
};

const sumOf = (costs: readonly Cost[]): Cost => {
  const sum: Cost = { calls: 0, writeUnits: 0, readUnits: 0, gigabyteSeconds: 0, bytesLogged: 0 };
  for (const cost of costs) for (const name of Object.keys(sum) as (keyof Cost)[]) sum[name] += cost[name];
  return sum;
};

const isComplete = (ledger: Partial<Ledger>): ledger is Ledger =>
  Object.keys(contract).every((name) => name in ledger);

/** The last of several rounds counts, because the first calls start execution environments. */
export const measureOperations = async (
  stack: Stack,
  { folder, rounds }: { folder: string; rounds: number },
): Promise<Ledger> => {
  const client = createClient(stack.url);
  const letterBox = openLetterBox(stack.mailboxFolder);
  const letters = () => readdirSync(stack.mailboxFolder).length;

  const settled = async () => {
    await allLettersSent(stack, 10);
    await stack.streamsRead();
    // Lines of functions arrive a little later than their answers.
    let before = "";
    await eventually("functions at rest", () => {
      const now = JSON.stringify([stack.work(), stack.calls()]);
      const isAtRest = now === before;
      before = now;
      return isAtRest || undefined;
    });
  };

  const costOf = (name: FunctionName): Cost => {
    const label = pascalCase(name);
    const units = Object.values(stack.units()[label] ?? {});
    const { milliseconds = 0, bytesLogged = 0 } = stack.work()[label] ?? {};
    // A secret is read every five minutes, and not by each call.
    const calls = Object.entries(stack.calls()[label] ?? {}).filter(
      ([action]) => !action.startsWith("secretsmanager:"),
    );
    return {
      calls: calls.reduce((sum, [, times]) => sum + times, 0),
      writeUnits: units.reduce((sum, { write }) => sum + write, 0),
      readUnits: units.reduce((sum, { read }) => sum + read, 0),
      gigabyteSeconds: (milliseconds / 1_000) * gigabytesOf(name),
      bytesLogged,
    };
  };

  const ledger: Partial<Ledger> = {};
  const record = async <Answer>(name: OperationName, run: () => Promise<Answer>): Promise<Answer> => {
    await settled();
    const lettersBefore = letters();
    stack.resetCalls();
    const answer = await run();
    await settled();
    const invocations = background.map((one) => stack.work()[pascalCase(one)]?.invocations ?? 0);
    ledger[name] = {
      ...costOf(name),
      afterwards: {
        ...sumOf(background.map(costOf)),
        invocations: invocations.reduce((sum, one) => sum + one, 0),
        letters: letters() - lettersBefore,
        // Most changes are one event, and each is put by itself.
        events: stack.calls()["Events"]?.["events:PutEvents"] ?? 0,
      },
    };
    return answer;
  };
  const recording: Client = {
    ...client,
    call: (name, input) => record(name, () => client.call(name, input)),
    callForHeaders: (name, input) => record(name, () => client.callForHeaders(name, input)),
  };

  stack.countUnits(true);
  try {
    for (let round = 0; round < rounds; round += 1) {
      const phases = createPhases(recording, letterBox);
      const everyone = [newPerson(), newPerson()];
      for (const phase of phases.operations)
        for (const person of peopleOf(phase, everyone)) {
          await phase.prepare?.(person);
          await phase.run(person);
        }
      await callRareOperations({ client: recording, phases, letterBox, folder });
    }
  } finally {
    stack.countUnits(false);
    letterBox.close();
    client.close();
  }
  if (!isComplete(ledger)) throw new Error("some operations were not called");
  return ledger;
};
