// Attacks that find out who has an account.
import type { OperationName } from "../../../shared/contract/contract.ts";
import { comparable, withoutOwnWords } from "../../support/assert/comparable.ts";
import { needsAsker, probes, suspectAt, type ProbeName } from "../../support/calls/enumeration-probes.ts";
import { newPerson } from "../bench/load/phases.ts";
import { heldIf, heldWithout, type Attack, type Outcome } from "./attack-outcome.ts";
import type { AttackTarget, TargetUser } from "./attack-target.ts";

// Each list is sent to other addresses. In one list, the letters would exceed the limit of an
// address, to which the owner's own activation letter counts too.
const questions: readonly ProbeName[][] = [
  [
    "sign in with a wrong code",
    "activate with a wrong code",
    "ask with a wrong password",
    "register a taken username",
    "register",
    "ask with the password registered",
  ],
  [
    "ask for a reset",
    "confirm a reset with a wrong code",
    "claim the address with a wrong code",
    "undo a change of address with a wrong code",
    "move an account there",
  ],
];

const tellApart = async (target: AttackTarget): Promise<Outcome> => {
  const { username: takenUsername } = await target.activated();
  const seen = async (email: string, names: readonly ProbeName[]) => {
    // A new account each time, because the changes of address per account are limited.
    const { access: token = "", password = "" } = names.some(needsAsker) ? await target.signedIn() : {};
    const suspect = suspectAt(email, { takenUsername, asker: { token, password } });
    const list: string[] = [];
    for (const name of names) {
      const { operation, body, token } = probes[name](suspect);
      const answer = await target.networks.send(target.newNetwork(), operation, {
        body,
        ...(token !== undefined && { token }),
      });
      const shown = comparable(answer);
      list.push(
        JSON.stringify([name, shown.status, shown.headers, withoutOwnWords(shown.body, email, body)]),
      );
    }
    return list;
  };
  let different = 0;
  let compared = 0;
  for (const names of questions)
    for (let pair = 0; pair < 5; pair += 1) {
      const known = await seen((await target.activated()).email, names);
      const unknown = await seen(newPerson().email, names);
      compared += known.length;
      different += known.filter((answer, index) => answer !== unknown[index]).length;
    }
  return heldIf(
    different === 0,
    `${different} of ${compared} answers differed between known and unknown addresses`,
  );
};

type Act = (owner: TargetUser) => Promise<unknown>;
type Guess = { operation: OperationName; body: (email: string) => object; times: number };

const guesses = {
  codes: {
    operation: "createToken",
    body: (email: string) => ({ email, otp_code: "135 790" }),
    times: 4,
  },
  "activation codes": {
    operation: "activateUser",
    body: (email: string) => ({ email, otp_code: "135 790" }),
    times: 4,
  },
  passwords: {
    operation: "requestOtp",
    body: (email: string) => ({ email, password: "Not-The-Password-1" }),
    times: 9,
  },
} satisfies Record<string, Guess>;

/**
 * A stranger guesses, the owner of the known address acts, and the stranger guesses again: the
 * answers must not tell that the owner has done something.
 */
const askCounters = async (target: AttackTarget): Promise<Outcome> => {
  const fresh = (user: TargetUser) => Object.assign(user, { deviceToken: undefined });
  const acts: [string, () => Promise<TargetUser>, Act][] = [
    ["signs in on a new device", target.activated, (owner) => target.signIn(fresh(owner))],
    ["signs in on a known device", target.activated, (owner) => target.signIn(owner)],
    ["resets the password", target.activated, (owner) => target.resetPassword(fresh(owner))],
    [
      "activates",
      target.registered,
      (owner) => target.must(owner, "activateUser", { email: owner.email, otp_code: owner.code }, 200),
    ],
  ];
  const failures: string[] = [];
  for (const [act, create, perform] of acts)
    for (const [kind, { operation, body, times }] of Object.entries(guesses)) {
      await target.awaitWindow(20);
      const owner = await create();
      const unknown = newPerson().email;
      const seen: Record<string, string[]> = {};
      const guess = async (email: string) => {
        for (let time = 0; time < times; time += 1) {
          const answer = await target.networks.send(target.newNetwork(), operation, { body: body(email) });
          const { status, body: text } = comparable(answer);
          // In tens of seconds: the addresses are asked one after the other.
          const wait = Math.round(Number(answer.headers.get("retry-after") ?? 0) / 10);
          (seen[email] ??= []).push(JSON.stringify([status, text, wait]));
        }
      };
      const both = async () => {
        await guess(owner.email);
        await guess(unknown);
      };
      await both();
      await perform(owner);
      await both();
      const differing = seen[owner.email]?.findIndex((one, index) => one !== seen[unknown]?.[index]) ?? -1;
      if (differing >= 0)
        failures.push(
          `wrong ${kind}, answer ${differing + 1}, the owner ${act}: ${seen[owner.email]?.[differing]} and ${seen[unknown]?.[differing]}`,
        );
    }
  return heldWithout(
    failures,
    `${acts.length} acts and ${Object.keys(guesses).length} kinds of guesses: all answers were identical`,
  );
};

export const attacksOnPrivacy: Record<string, Attack> = {
  "tell known from unknown by answers": { expected: "all answers are identical", run: tellApart },
  "ask the counters whether an owner acts": {
    expected: "all answers are identical, before the owner acts and after it",
    run: askCounters,
  },
};
