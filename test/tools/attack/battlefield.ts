/** Where attacks are tried: a stack of its own with the limits as deployed, and people who live on it. */
import { mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { freshenBundles } from "../../../infra/bundling/fresh-bundles.ts";
import { generousLimits } from "../../../infra/generous-limits.ts";
import { settingsTable } from "../../../infra/settings-table.ts";
import type { OperationName } from "../../../shared/contract/contract.ts";
import { allLettersSent } from "../../support/mail/mail-queue.ts";
import { startLocalStack } from "../../support/stacks/local-stack.ts";
import { openLetterBox } from "../bench/letter-box.ts";
import { overAll } from "../bench/measure.ts";
import { newPerson, type Person } from "../bench/phases.ts";
import { openSides, type SideAnswer } from "../bench/sides.ts";

export type Dweller = Person & { side: number; deviceToken: string | undefined };

export const openBattlefield = async () => {
  await freshenBundles();
  const directory = mkdtempSync(join(tmpdir(), "lit-auth-attack-"));
  const settings = Object.fromEntries(
    Object.entries(settingsTable).flatMap(([name, { fallback }]) =>
      name in generousLimits && fallback !== null ? [[name, fallback]] : [],
    ),
  );
  const stack = await startLocalStack({ dataDirectory: directory, settings });
  const sides = openSides(stack.url);
  const letterBox = openLetterBox(stack.mailboxFolder);

  // Each from a network of its own: limits by network must strike those who deserve it.
  let lastSide = 0;
  const newSide = () => (lastSide += 1);

  const must = async (dweller: Dweller, operation: OperationName, body: object, status: number) => {
    const { side, deviceToken } = dweller;
    const answer = await sides.send(side, operation, {
      body,
      ...(deviceToken !== undefined && { deviceToken }),
    });
    if (answer.status !== status)
      throw new Error(`${operation} answered ${answer.status}: ${JSON.stringify(answer.body)}`);
    dweller.deviceToken = answer.headers.get("x-device-token") ?? dweller.deviceToken;
    return answer;
  };

  const registered = async (): Promise<Dweller> => {
    const dweller = { ...newPerson(), side: newSide(), deviceToken: undefined };
    const { username, email, password } = dweller;
    await must(dweller, "createUser", { username, email, password }, 201);
    dweller.code = await letterBox.codeTo(email);
    return dweller;
  };
  const activated = async (): Promise<Dweller> => {
    const dweller = await registered();
    await must(dweller, "activateUser", { email: dweller.email, otp_code: dweller.code }, 200);
    return dweller;
  };
  /** A living code, read from the letter. */
  const askForCode = async (dweller: Dweller): Promise<string> => {
    const { email, password } = dweller;
    await must(dweller, "requestOtp", { email, password }, 200);
    dweller.code = await letterBox.codeTo(email);
    return dweller.code;
  };
  /** The way back in of whoever has no known device: it makes one known. */
  const resetPassword = async (dweller: Dweller): Promise<void> => {
    const { email } = dweller;
    await must(dweller, "resetPassword", { email }, 204);
    const body = { email, otp_code: await letterBox.longCodeTo(email), new_password: newPerson().password };
    await must(dweller, "confirmPasswordReset", body, 204);
    dweller.password = body.new_password;
  };
  const signedIn = async (): Promise<Dweller> => {
    const dweller = await activated();
    const otp_code = await askForCode(dweller);
    const { body } = await must(dweller, "createToken", { email: dweller.email, otp_code }, 201);
    return Object.assign(dweller, body);
  };

  /** The same from many sides, sixteen at a time, each lying about where it comes from. */
  const storm = async (count: number, act: (number: number, side: number) => Promise<SideAnswer>) => {
    const from = lastSide + 1;
    const sidesUsed = Math.min(count, 500);
    lastSide += sidesUsed;
    const answers: SideAnswer[] = [];
    const numbers = Array.from({ length: count }, (_, number) => number);
    await overAll(numbers, 16, async (number) => {
      answers.push(await act(number, from + (number % sidesUsed)));
    });
    return answers;
  };

  return {
    sides,
    newSide,
    registered,
    activated,
    signedIn,
    resetPassword,
    askForCode,
    storm,
    /** How many letters have left to addresses of this form. */
    lettersTo: async (addresses: RegExp): Promise<number> => {
      await allLettersSent(stack);
      const receivers = readdirSync(stack.mailboxFolder).map((name) => name.split(" ")[1] ?? "");
      return receivers.filter((address) => addresses.test(address)).length;
    },
    close: async () => {
      letterBox.close();
      sides.close();
      await stack.stop();
      rmSync(directory, { recursive: true });
    },
  };
};

export type Battlefield = Awaited<ReturnType<typeof openBattlefield>>;
/** `not yet`: what it needs is not in the contract. */
export type Outcome = { ending: "held" | "BROKEN" | "not yet"; told: string };

export const heldIf = (held: boolean, told: string): Outcome => ({ ending: held ? "held" : "BROKEN", told });

export const countOf = (answers: readonly SideAnswer[], status: number): number =>
  answers.filter((answer) => answer.status === status).length;
