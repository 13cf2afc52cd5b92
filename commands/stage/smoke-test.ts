// Registers, signs in and deletes one account over HTTP, as a person would. No function knows it.
import { setTimeout as delay } from "node:timers/promises";
import { readCommandLine } from "../../infra/command-line/command-line.ts";
import { contract } from "../../shared/contract/contract.ts";
import type { Operation } from "../../shared/contract/operation.ts";
import { pseudonyms } from "../../shared/identity/pseudonyms.ts";
import { variable } from "../../shared/platform/environment.ts";
import { readSecret } from "../../shared/platform/secrets.ts";
import { registrationPk, userPk } from "../../shared/store/user-items.ts";
import { operatorLog } from "../operator-log.ts";
import { runCommand } from "../run-command.ts";
import { outputOf, useTarget, type Target } from "../target.ts";
import * as people from "./smoke-people.ts";
import { smokeTestStore } from "./smoke-test-store.ts";

const answerMilliseconds = 15_000;
const pauseMilliseconds = 250;
const defaultWaitSeconds = 30;

type Options = { waitSeconds: number; lettersOnly: boolean };
type Body = Record<string, unknown>;

const secondsSince = (start: number) => ((performance.now() - start) / 1000).toFixed(2);

const step = async <Result>(what: string, work: () => Promise<Result>): Promise<Result> => {
  const start = performance.now();
  try {
    const result = await work();
    console.log(`ok       ${what}, ${secondsSince(start)} s`);
    return result;
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new Error(`failed   ${what}, ${secondsSince(start)} s: ${reason}`, { cause: error });
  }
};

const call = async (url: string, operation: Operation, body?: Body, access?: string): Promise<Body> => {
  const { method, path, success } = operation;
  const response = await fetch(url + path, {
    method,
    headers: {
      ...(body && { "content-type": "application/json" }),
      ...(access !== undefined && { authorization: `Bearer ${access}` }),
    },
    ...(body && { body: JSON.stringify(body) }),
    signal: AbortSignal.timeout(answerMilliseconds),
  }).catch((error: unknown) => {
    const { cause } = error as { cause?: unknown };
    const reason = cause instanceof Error ? cause.message : String(error);
    throw new Error(`${url} does not answer (${reason}).`);
  });
  const text = await response.text();
  if (response.status !== success.status)
    throw new Error(`${method} ${path} answers ${response.status}: ${text.slice(0, 500)}`);
  return text === "" ? {} : (JSON.parse(text) as Body);
};

const requireDigestKeys = async (): Promise<void> => {
  const id = variable("DIGEST_SECRET_ID");
  await readSecret(id).catch((error: unknown) => {
    const reason = error instanceof Error ? error.message : String(error);
    throw new Error(
      `Your credentials can't read the digest keys (${id}), which a smoke test signs in with. The setting KEY_OPERATOR_ARN names the one role or user that can. --letters-only does without them. ${reason}`,
    );
  });
};

const untilSent = async (pk: string, { functionNames }: Target, waitSeconds: number): Promise<void> => {
  const mailer = functionNames.find((name) => name.endsWith("-mailer")) ?? "mailer";
  const deadline = Date.now() + waitSeconds * 1000;
  for (;;) {
    const state = await smokeTestStore().letterState(pk);
    if (state === "sent") return;
    if (state === "not_sent")
      throw new Error(`The mailer has let no letter leave. The log of ${mailer} says why.`);
    if (state === "gone") throw new Error("What the letter is for was removed meanwhile.");
    if (Date.now() > deadline)
      throw new Error(
        `The mailer has sent no letter within ${waitSeconds} s. Look at the log of ${mailer}, and whether its orders are among the dead letters.`,
      );
    await delay(pauseMilliseconds);
  }
};

const signIn = async (person: people.SmokePerson, target: Target, options: Options): Promise<void> => {
  const { email, password, username } = person;
  const { waitSeconds } = options;
  const at = outputOf(target, "PublicUrl");
  const store = smokeTestStore();
  const addressKey = await pseudonyms.ofAddress(email);
  const activationCode = () => store.replaceCode(registrationPk(addressKey), email, "activation");
  const { id } = await step("activate", async () =>
    call(at, contract.activateUser, { email, otp_code: await activationCode() }),
  );
  const account = userPk(String(id));
  await step("ask for a code", () => call(at, contract.requestOtp, { email, password }));
  await step("letter with a code to sign in", () => untilSent(account, target, waitSeconds));
  const { access, refresh } = await step("sign in", async () =>
    call(at, contract.createToken, { email, otp_code: await store.replaceCode(account, email, "login") }),
  );
  await step("read the account", async () => {
    const me = await call(at, contract.getMe, undefined, String(access));
    if (me["username"] !== username) throw new Error("The answer is about someone else.");
  });
  const renewed = await step("refresh", () => call(at, contract.refreshToken, { refresh }));
  await step("delete the account", () =>
    call(at, contract.deleteMe, { current_password: password }, String(renewed["access"])),
  );
};

/** Must not hide the step that failed. */
const cleanUp = async (person: people.SmokePerson, networkKey: string | undefined): Promise<void> => {
  try {
    await people.removeSmokePerson(person);
    if (networkKey !== undefined) await people.giveBackRegistration(networkKey);
  } catch (error) {
    process.exitCode = 1;
    const reason = error instanceof Error ? error.message : String(error);
    console.error(`The account of this run may be left, and the next run removes it: ${reason}`);
  }
};

const smokeTest = async (target: Target, options: Options): Promise<void> => {
  const person = people.newSmokePerson();
  if (!options.lettersOnly) await step("read the digest keys", requireDigestKeys);
  const left = await step("look for accounts of interrupted runs", people.removeSmokePeople);
  if (left > 0) console.log(`         ${left} removed`);
  await people.forgetLettersOfRuns(person);
  let networkKey: string | undefined;
  try {
    await step("register", () => call(outputOf(target, "PublicUrl"), contract.createUser, person));
    networkKey = await people.networkKeyOf(person);
    const pending = registrationPk(await pseudonyms.ofAddress(person.email));
    await step("letter with an activation code", () => untilSent(pending, target, options.waitSeconds));
    if (!options.lettersOnly) await signIn(person, target, options);
  } finally {
    await cleanUp(person, networkKey);
  }
};

const waitSecondsOf = (text = String(defaultWaitSeconds)): number => {
  const seconds = Number(text);
  if (!Number.isInteger(seconds) || seconds < 1 || seconds > 600)
    throw new Error("--wait is a whole number of seconds, from 1 to 600.");
  return seconds;
};

await runCommand(async () => {
  const { values } = readCommandLine("smoke");
  const options = { waitSeconds: waitSecondsOf(values.wait), lettersOnly: values["letters-only"] };
  const target = await useTarget(values.stage);
  const start = performance.now();
  await operatorLog(target, "smoke").acting({}, () => smokeTest(target, options));
  console.log(`The smoke test of ${target.name} has passed in ${secondsSince(start)} s.`);
  if (options.lettersOnly) console.log("It did not sign in (--letters-only).");
});
