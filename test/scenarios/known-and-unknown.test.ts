import * as fc from "fast-check";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { contract } from "../../shared/contract/contract.ts";
import type { Operation } from "../../shared/contract/operation.ts";
import { call } from "../support/calls/api.ts";
import { disableAccount } from "../support/people/disable-account.ts";
import { comparable, withoutOwnWords } from "../support/assert/comparable.ts";
import { allLettersSent } from "../support/mail/mail-queue.ts";
import { startTestStack, type TestStack } from "../support/stacks/test-stack.ts";
import { activated, newPerson, register, signedIn } from "../support/people/people.ts";
import {
  needsAsker,
  probeNames,
  probes,
  suspectAt,
  type ProbeName,
  type Suspect,
} from "../support/calls/enumeration-probes.ts";

let stack: TestStack;
let takenUsername: string;
beforeAll(async () => {
  stack = await startTestStack();
  ({ username: takenUsername } = await activated());
  // Warm: a cold start reads secrets.
  await seen(newPerson().email, probeNames);
});
afterAll(() => stack.remove());

/** Only one probe needs somebody signed in, and each time another: passwords asked again are limited. */
const askerFor = async (names: readonly ProbeName[]): Promise<Suspect["asker"]> => {
  if (!names.some(needsAsker)) return { token: "", password: "" };
  const { access: token, password } = await signedIn();
  return { token, password };
};

/** What a stranger gets to see of an address, and what the functions asked the store and the queue for meanwhile. */
const seen = async (email: string, names: readonly ProbeName[]) => {
  const suspect = suspectAt(email, { takenUsername, asker: await askerFor(names) });
  const list = [];
  for (const name of names) {
    const { operation, body, token } = probes[name](suspect);
    await allLettersSent(stack, 5);
    stack.resetCalls();
    const answer = await call(operation, body, token === undefined ? {} : { token });
    await allLettersSent(stack, 5);
    const { Mailer: _, MailerPoller: __, ...functions } = stack.calls();
    const shown = comparable(answer);
    const length = answer.status === 429 ? undefined : answer.headers.get("content-length");
    list.push({ name, ...shown, body: withoutOwnWords(shown.body, email, body), length, functions });
  }
  return list;
};

const sequences = fc.array(fc.constantFrom(...probeNames), { minLength: 2, maxLength: 3 });
/** Always among them: each has told known from unknown in somebody's system. */
const suspicious: [ProbeName[]][] = [
  [["register", "ask with the password registered", "register with another password"]],
  [["register", "register with another password", "ask with the other password registered"]],
  [["register", "activate with a wrong code", "ask with the password registered"]],
  [["register a taken username", "ask with the password registered", "sign in with a wrong code"]],
];

describe("known and unknown addresses", () => {
  it("are compared in every operation that takes an address from a stranger", () => {
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
    "an account": async () => (await activated()).email,
    "a disabled account": async () => {
      const { id, email } = await activated();
      await disableAccount(stack, id);
      return email;
    },
    "a registration that waits": async () => (await register()).email,
  };

  const ofUnknown = new Map<ProbeName, ReturnType<typeof seen>>();
  const seenOfUnknown = (name: ProbeName) => {
    const known = ofUnknown.get(name) ?? seen(newPerson().email, [name]);
    ofUnknown.set(name, known);
    return known;
  };

  it.each(Object.entries(kinds))(
    "cost the same calls and get the same answers in single calls: %s",
    async (_, make) => {
      for (const name of probeNames)
        expect(await seen(await make(), [name])).toEqual(await seenOfUnknown(name));
    },
  );

  it("cost the same calls and get the same answers in sequences of two and three", async () => {
    await fc.assert(
      fc.asyncProperty(sequences, async (names) => {
        const { email } = await activated();
        expect(await seen(email, names)).toEqual(await seen(newPerson().email, names));
      }),
      { numRuns: 14, examples: suspicious, endOnFailure: true },
    );
  });
});
