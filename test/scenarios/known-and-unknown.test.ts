import * as fc from "fast-check";
import { beforeAll, describe, expect, it } from "vitest";
import { contract } from "../../shared/contract/contract.ts";
import { pseudonyms } from "../../shared/identity/pseudonyms.ts";
import type { Operation } from "../../shared/contract/operation.ts";
import { call, type Answer } from "../support/calls/api.ts";
import { invited } from "../support/people/administrators.ts";
import { disableAccount } from "../support/people/disable-account.ts";
import { comparable, withoutOwnWords } from "../support/assert/comparable.ts";
import { limitsOf } from "../support/limits/stack-limits.ts";
import { bounceOf, feed } from "../support/mail/feedback.ts";
import { allLettersSent } from "../support/mail/mail-queue.ts";
import { functionCalls } from "../support/stacks/function-calls.ts";
import { sharedStack } from "../support/stacks/test-stack.ts";
import { newPassword } from "../support/people/credentials.ts";
import { activated, newPerson, personElsewhere, register, resetCode } from "../support/people/people.ts";
import { presetAccount, presetSession } from "../support/presets/presets.ts";
import {
  needsAsker,
  probeNames,
  probes,
  suspectAt,
  type ProbeName,
  type Suspect,
} from "../support/calls/enumeration-probes.ts";

let stack: Awaited<ReturnType<typeof sharedStack>>;
let takenUsername: string;
beforeAll(async () => {
  stack = await sharedStack();
  limitsOf(stack);
  ({ username: takenUsername } = await presetAccount(stack));
  // A cold start would also read secrets.
  await seen(newPerson().email, probeNames);
});

// Signs in another person for each probe that needs one, because passwords are limited.
const askerFor = async (names: readonly ProbeName[]): Promise<Suspect["asker"]> => {
  if (!names.some(needsAsker)) return { token: "", password: "" };
  const { access: token, password } = await presetSession(stack);
  return { token, password };
};

/** SES has told of the mailbox. */
const told = async ({ email }: { email: string }, kind: string) => {
  await allLettersSent(stack, 5);
  await feed(stack, bounceOf({ recipient: await pseudonyms.ofAddress(email), kind }));
  return email;
};

// Returns everything that a stranger can see of an address, and the AWS calls of the functions.
const seen = async (email: string, names: readonly ProbeName[]) => {
  const suspect = suspectAt(email, { takenUsername, asker: await askerFor(names) });
  const list = [];
  for (const name of names) {
    const { operation, body, token } = probes[name](suspect);
    await allLettersSent(stack, 5);
    stack.resetCalls();
    const answer = await call(operation, body, token === undefined ? {} : { token });
    await allLettersSent(stack, 5);
    const functions = functionCalls(stack);
    const shown = comparable(answer);
    const length = answer.status === 429 ? undefined : answer.headers.get("content-length");
    list.push({ name, ...shown, body: withoutOwnWords(shown.body, email, body), length, functions });
  }
  return list;
};

const sequences = fc.array(fc.constantFrom(...probeNames), { minLength: 2, maxLength: 3 });
// Sequences that are always tried: each has revealed known addresses in some system.
const suspicious: [ProbeName[]][] = [
  [["register", "ask with the password registered", "register with another password"]],
  [["register", "register with another password", "ask with the other password registered"]],
  [["register", "activate with a wrong code", "ask with the password registered"]],
  [["register a taken username", "ask with the password registered", "sign in with a wrong code"]],
];

describe("unknown address", () => {
  it("is probed in every public operation that takes an address", () => {
    const takeAddress = Object.entries<Operation>(contract).filter(
      ([, { caller, body }]) =>
        caller !== "staff" && body && ("email" in body.shape || "new_email" in body.shape),
    );
    const compared = new Set<string>(
      probeNames.map(
        (name) =>
          probes[name](suspectAt("", { takenUsername, asker: { token: "", password: "" } })).operation,
      ),
    );
    expect(takeAddress.map(([name]) => name).filter((name) => !compared.has(name))).toEqual([]);
  });

  const kinds = {
    "an account": async () => (await presetAccount(stack)).email,
    "a disabled account": async () => {
      const { id, email } = await presetAccount(stack);
      await disableAccount(stack, id);
      return email;
    },
    "a pending registration": async () => (await register()).email,
    "an invitation": async () => (await invited(stack)).email,
  };
  const mailboxesTold = {
    "an account whose letters come back": async () =>
      told(await presetAccount(stack, { email: personElsewhere().email }), "login"),
    "a registration whose letter came back": async () =>
      told(await register(personElsewhere()), "activation"),
  };

  const ofUnknown = new Map<ProbeName, ReturnType<typeof seen>>();
  const seenOfUnknown = (name: ProbeName) => {
    const known = ofUnknown.get(name) ?? seen(newPerson().email, [name]);
    ofUnknown.set(name, known);
    return known;
  };

  it.each(Object.entries(kinds))("causes the same answers and AWS calls as %s", async (_, make) => {
    for (const name of probeNames)
      expect(await seen(await make(), [name])).toEqual(await seenOfUnknown(name));
  });

  // Only these operations cause letters.
  const causesLetters = (name: ProbeName) =>
    ["createUser", "requestOtp", "resetPassword", "setEmail"].includes(
      probes[name](suspectAt("", { takenUsername, asker: { token: "", password: "" } })).operation,
    );

  it.each(Object.entries(mailboxesTold))("causes the same answers and AWS calls as %s", async (_, make) => {
    for (const name of probeNames.filter(causesLetters))
      expect(await seen(await make(), [name])).toEqual(await seenOfUnknown(name));
  });

  it("causes the same answers and AWS calls in sequences of operations", async () => {
    await fc.assert(
      fc.asyncProperty(sequences, async (names) => {
        const ofStranger = await seen(newPerson().email, names);
        for (const { email } of [await activated(), await invited(stack)])
          expect(await seen(email, names)).toEqual(ofStranger);
      }),
      { numRuns: 7, examples: suspicious, endOnFailure: true },
    );
  });

  it("causes the same answers and AWS calls in a reset", async () => {
    const [known, withCode, pending] = [await activated(), await activated(), await register()];
    await resetCode(withCode);
    const callsOf = async (work: () => Promise<Answer>) => {
      stack.resetCalls();
      const answer = await work();
      return { answer: comparable(answer), functions: functionCalls(stack) };
    };
    const confirm = (email: string, new_password = newPassword()) =>
      call("confirmPasswordReset", { email, otp_code: "AAAA-BBBB-CCCC-DDDD", new_password });
    const seenOf = async (email: string) => [
      await callsOf(() => call("resetPassword", { email })),
      await callsOf(() => confirm(email)),
      // Random addresses are of other letters, so the password is never similar to one.
      await callsOf(() => confirm(email, "iloveyou")),
    ];
    await seenOf(newPerson().email);
    const ofStranger = await seenOf(newPerson().email);
    expect(ofStranger[1]?.functions).toEqual({
      ConfirmPasswordReset: {
        "dynamodb:UpdateItem": 1,
        "dynamodb:GetItem": 1,
        "dynamodb:Query": 1,
        "dynamodb:TransactWriteItems": 1,
      },
    });
    for (const { email } of [known, withCode, pending]) expect(await seenOf(email)).toEqual(ofStranger);
  });
});
