// Starts the stack that is attacked, with the limits of a deployment, and creates its users.
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
import { openNetworks, type Answer } from "../bench/networks.ts";

export type TargetUser = Person & { network: number; deviceToken: string | undefined };

export const openAttackTarget = async () => {
  await freshenBundles();
  const directory = mkdtempSync(join(tmpdir(), "lit-auth-attack-"));
  const settings = Object.fromEntries(
    Object.entries(settingsTable).flatMap(([name, { fallback }]) =>
      name in generousLimits && fallback !== null ? [[name, fallback]] : [],
    ),
  );
  const stack = await startLocalStack({ dataDirectory: directory, settings });
  const networks = openNetworks(stack.url);
  const letterBox = openLetterBox(stack.mailboxFolder);

  // Each user has a network of their own, so that limits by network affect only the attacker.
  let lastNetwork = 0;
  const newNetwork = () => (lastNetwork += 1);

  const must = async (user: TargetUser, operation: OperationName, body: object, status: number) => {
    const { network, deviceToken } = user;
    const answer = await networks.send(network, operation, {
      body,
      ...(deviceToken !== undefined && { deviceToken }),
    });
    if (answer.status !== status)
      throw new Error(`${operation} answered ${answer.status}: ${JSON.stringify(answer.body)}`);
    user.deviceToken = answer.headers.get("x-device-token") ?? user.deviceToken;
    return answer;
  };

  const registered = async (): Promise<TargetUser> => {
    const user = { ...newPerson(), network: newNetwork(), deviceToken: undefined };
    const { username, email, password } = user;
    await must(user, "createUser", { username, email, password }, 201);
    user.code = await letterBox.codeTo(email);
    return user;
  };
  const activated = async (): Promise<TargetUser> => {
    const user = await registered();
    await must(user, "activateUser", { email: user.email, otp_code: user.code }, 200);
    return user;
  };
  /** Returns a valid code, read from the letter. */
  const askForCode = async (user: TargetUser): Promise<string> => {
    const { email, password } = user;
    await must(user, "requestOtp", { email, password }, 200);
    user.code = await letterBox.codeTo(email);
    return user.code;
  };
  /** Resets the password, which makes the device known. */
  const resetPassword = async (user: TargetUser): Promise<void> => {
    const { email } = user;
    await must(user, "resetPassword", { email }, 204);
    const body = { email, otp_code: await letterBox.longCodeTo(email), new_password: newPerson().password };
    await must(user, "confirmPasswordReset", body, 204);
    user.password = body.new_password;
  };
  const signedIn = async (): Promise<TargetUser> => {
    const user = await activated();
    const otp_code = await askForCode(user);
    const { body } = await must(user, "createToken", { email: user.email, otp_code }, 201);
    return Object.assign(user, body);
  };

  /** Sends requests from up to 500 networks, sixteen at a time. */
  const sendMany = async (count: number, act: (number: number, network: number) => Promise<Answer>) => {
    const from = lastNetwork + 1;
    const networksUsed = Math.min(count, 500);
    lastNetwork += networksUsed;
    const answers: Answer[] = [];
    const numbers = Array.from({ length: count }, (_, number) => number);
    await overAll(numbers, 16, async (number) => {
      answers.push(await act(number, from + (number % networksUsed)));
    });
    return answers;
  };

  return {
    networks,
    newNetwork,
    registered,
    activated,
    signedIn,
    resetPassword,
    askForCode,
    sendMany,
    /** Returns the number of letters that were sent to addresses that match. */
    lettersTo: async (addresses: RegExp): Promise<number> => {
      await allLettersSent(stack);
      const receivers = readdirSync(stack.mailboxFolder).map((name) => name.split(" ")[1] ?? "");
      return receivers.filter((address) => addresses.test(address)).length;
    },
    close: async () => {
      letterBox.close();
      networks.close();
      await stack.stop();
      rmSync(directory, { recursive: true });
    },
  };
};

export type AttackTarget = Awaited<ReturnType<typeof openAttackTarget>>;
/** `not yet` means that the contract doesn't have what the attack needs. */
export type Outcome = { verdict: "held" | "BROKEN" | "not yet"; summary: string };

export const heldIf = (held: boolean, summary: string): Outcome => ({
  verdict: held ? "held" : "BROKEN",
  summary,
});

export const countOf = (answers: readonly Answer[], status: number): number =>
  answers.filter((answer) => answer.status === status).length;
