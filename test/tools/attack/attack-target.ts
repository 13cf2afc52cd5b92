// Starts the stack that is attacked, with the limits of a deployment, and creates its users.
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { freshenBundles } from "../../../infra/bundling/fresh-bundles.ts";
import { generousLimits } from "../../../infra/generous-limits.ts";
import { settingsTable } from "../../../infra/settings/settings-table.ts";
import type { OperationName } from "../../../shared/contract/contract.ts";
import { runCommand } from "../../support/calls/commands.ts";
import { startLocalStack } from "../../support/stacks/local-stack.ts";
import { overAll } from "../bench/stack/measure.ts";
import { newPerson, type Person } from "../bench/load/phases.ts";
import { openNetworks, type Answer } from "../bench/load/networks.ts";
import { attackLetters, type LetterCode } from "./attack-letters.ts";
import { passTenMinutes } from "../../support/store/passing-time.ts";

export type TargetUser = Person & { network: number; deviceToken: string | undefined };

/** Guesses are counted in windows of five minutes, of which longer windows are multiples. */
const windowMilliseconds = 300_000;

export const openAttackTarget = async () => {
  await freshenBundles();
  const folder = mkdtempSync(join(tmpdir(), "lit-auth-attack-"));
  const settings = Object.fromEntries(
    Object.entries(settingsTable).flatMap(([name, { fallback }]) =>
      name in generousLimits && fallback !== null ? [[name, fallback]] : [],
    ),
  );
  const stack = await startLocalStack({ dataDirectory: join(folder, ".local"), settings });
  const networks = openNetworks(stack.url);
  const letters = attackLetters(stack);
  const codeTo = async (email: string, kind: LetterCode): Promise<string> => {
    const code = await letters.newestCode(email, kind);
    if (code === undefined) throw new Error(`no letter with a code for ${kind} came`);
    return code;
  };

  // Each user has a network of their own, so that limits by network affect only the attacker.
  let lastNetwork = 0;
  const newNetwork = () => (lastNetwork += 1);
  const userOf = (person: Person): TargetUser => ({
    ...person,
    network: newNetwork(),
    deviceToken: undefined,
  });

  /** Sends as this user, with their tokens, and keeps the device token of the answer. */
  const sendAs = async (user: TargetUser, operation: OperationName, body?: object, id?: string) => {
    const { network, deviceToken, access } = user;
    const answer = await networks.send(network, operation, {
      id,
      ...(body && { body }),
      ...(access !== "" && { token: access }),
      ...(deviceToken !== undefined && { deviceToken }),
    });
    user.deviceToken = answer.headers.get("x-device-token") ?? user.deviceToken;
    return answer;
  };
  const must = async (
    user: TargetUser,
    operation: OperationName,
    body: object | undefined,
    status: number,
    id?: string,
  ) => {
    const answer = await sendAs(user, operation, body, id);
    if (answer.status !== status)
      throw new Error(`${operation} answered ${answer.status}: ${JSON.stringify(answer.body)}`);
    return answer;
  };

  const registered = async (): Promise<TargetUser> => {
    const user = userOf(newPerson());
    const { username, email, password } = user;
    await must(user, "createUser", { username, email, password }, 201);
    user.code = await codeTo(email, "activation");
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
    user.code = await codeTo(email, "login");
    return user.code;
  };
  /** Resets the password, which makes the device known. */
  const resetPassword = async (user: TargetUser): Promise<void> => {
    const { email } = user;
    await must(user, "resetPassword", { email }, 204);
    const body = { email, otp_code: await codeTo(email, "reset"), new_password: newPerson().password };
    await must(user, "confirmPasswordReset", body, 204);
    user.password = body.new_password;
  };
  const signIn = async (user: TargetUser): Promise<TargetUser> => {
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
    userOf,
    sendAs,
    must,
    registered,
    activated,
    signIn,
    signedIn: async () => signIn(await activated()),
    resetPassword,
    askForCode,
    codeTo,
    sendMany,
    letters,
    passTenMinutes: () => passTenMinutes(stack),

    administrator: async (): Promise<TargetUser> => {
      const user = userOf(newPerson());
      const { email, username, password } = user;
      const parameters = ["--email", email, "--username", username];
      const { code, stderr } = await runCommand("create-admin", parameters, {
        folder,
        input: `${password}\n`,
      });
      if (code !== 0) throw new Error(`create-admin failed: ${stderr}`);
      return signIn(user);
    },

    /** Waits for the next window of the limits if this one ends within that time. */
    awaitWindow: async (secondsNeeded: number): Promise<void> => {
      const left = windowMilliseconds - (Date.now() % windowMilliseconds);
      if (left < secondsNeeded * 1000) await delay(left);
    },

    close: async () => {
      networks.close();
      await stack.stop();
      rmSync(folder, { recursive: true });
    },
  };
};

export type AttackTarget = Awaited<ReturnType<typeof openAttackTarget>>;
