// Pins what an operation costs: its calls to AWS, and the units that DynamoDB bills for them. A
// number may rise only for a write that buys something. The comments say what each buys.
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import type { OperationName } from "../../../shared/contract/contract.ts";
import { call, type Options } from "../../support/calls/api.ts";
import { codeTo } from "../../support/mail/letters.ts";
import { allLettersSent } from "../../support/mail/mail-queue.ts";
import { activated, newPerson, register } from "../../support/people/people.ts";
import { functionCalls } from "../../support/stacks/function-calls.ts";
import { sharedStack } from "../../support/stacks/test-stack.ts";
import { textTable } from "../../tools/bench/text-table.ts";
import { measureOperations, type Cost } from "../../tools/cost/ledger.ts";

let stack: Awaited<ReturnType<typeof sharedStack>>;
beforeAll(async () => {
  stack = await sharedStack();
  stack.countUnits(true);
});
afterAll(() => stack.countUnits(false));
beforeEach(({ skip }) => skip(stack.engine !== "dynoxide", "DynamoDB Local counts transactions otherwise"));

type Costs = { calls: number; write: number; read: number };

const costsOf = async (operation: OperationName, body: unknown, options: Options = {}, status = 200) => {
  await allLettersSent(stack);
  stack.resetCalls();
  const answer = await call(operation, body, options);
  expect(answer.status, answer.text).toBe(status);
  await allLettersSent(stack);
  const principal = operation.charAt(0).toUpperCase() + operation.slice(1);
  const units = stack.units();
  const costs = (name: string, counted: Record<string, number> = {}): Costs => {
    const all = Object.values(units[name] ?? {});
    return {
      calls: Object.values(counted).reduce((sum, times) => sum + times, 0),
      write: all.reduce((sum, { write }) => sum + write, 0),
      read: all.reduce((sum, { read }) => sum + read, 0),
    };
  };
  return {
    answer,
    costs: costs(principal, functionCalls(stack)[principal]),
    mailer: costs("Mailer"),
  };
};

describe("registration", () => {
  it("writes 7 units if the username is taken", async () => {
    const { username } = await register();
    const { costs } = await costsOf("createUser", newPerson({ username }), {}, 400);
    // Three counters, username, id; then the mailbox's and the total's attempts are given back.
    expect(costs).toEqual({ calls: 8, write: 7, read: 1 });
  });
});

describe("sign-in", () => {
  // Without the counters of the network.
  it("writes 9 units from a known device", async () => {
    const person = await register();
    const { email, password } = person;
    const { headers } = await call("activateUser", { email, otp_code: await codeTo(email) });
    const device = { headers: { "x-device-token": headers.get("x-device-token") ?? "" } };
    const asked = await costsOf("requestOtp", { email, password }, device);
    expect(asked.costs).toEqual({ calls: 7, write: 3, read: 4 });
    expect(asked.mailer.write).toBe(3);
    const otp_code = await codeTo(email, 2);
    const { costs } = await costsOf("createToken", { email, otp_code }, device, 201);
    expect(costs).toEqual({ calls: 6, write: 4, read: 2 });
  });

  it("costs the same for known and unknown addresses if refused", async () => {
    const [known, waiting, unknown] = [await activated(), await register(), newPerson()];
    for (const { email } of [known, waiting, unknown]) {
      const wrong = { email, password: "Not-The-Password-1" };
      const asked = await costsOf("requestOtp", wrong, {}, 401);
      expect(asked.costs).toEqual({ calls: 4, write: 2, read: 3 });
      const body = { email, otp_code: "000000" };
      expect((await costsOf("createToken", body, {}, 401)).costs).toEqual({ calls: 4, write: 3, read: 1 });
      const activation = await costsOf("activateUser", body, {}, 400);
      expect(activation.costs).toEqual({ calls: 4, write: 10, read: 2 });
    }
  });
});

// A change that makes an operation dearer changes this file too, and says what it buys. Write it
// anew with -u. What a list costs depends on the number of people (npm run bench:admin).
it("every operation costs what is written down", async () => {
  const { listUsers: _, ...ledger } = await measureOperations(stack, { folder: stack.folder, rounds: 1 });
  const cells = ({ calls, writeUnits, readUnits }: Cost) => [calls, writeUnits, readUnits].map(String);
  const rows = Object.entries(ledger)
    .toSorted(([one], [other]) => one.localeCompare(other))
    .map(([name, { afterwards, ...own }]) => [name, ...cells(own), ...cells(afterwards)]);
  const headings = ["operation", "calls", "WRU", "RRU", "then calls", "WRU", "RRU"];
  await expect(textTable(headings, rows)).toMatchFileSnapshot("costs-of-operations.txt");
});
