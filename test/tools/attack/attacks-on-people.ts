// Attacks that flood mailboxes, lock an owner out, or find out who has an account.
import { comparable, withoutOwnWords } from "../../support/assert/comparable.ts";
import { needsAsker, probes, suspectAt, type ProbeName } from "../../support/calls/enumeration-probes.ts";
import { countOf, heldIf, type AttackTarget, type Outcome } from "./attack-target.ts";
import { newPerson } from "../bench/phases.ts";
import { forgedOrigin } from "../bench/networks.ts";

const noAsker = { takenUsername: "nobody", asker: { token: "", password: "" } };

const lettersAsked = 1_000;

export const floodOneMailbox = async (target: AttackTarget): Promise<Outcome> => {
  const { username, email } = newPerson();
  const ways = ["register", "ask for a reset", "ask with the password registered"] as const;
  const tagged = Array.from({ length: 10 }, (_, tag) =>
    suspectAt(tag === 0 ? email : email.replace("@", `+${tag}@`), noAsker),
  );
  await target.sendMany(lettersAsked, (number, network) => {
    const { operation, body } = probes[ways[number % ways.length]!](tagged[number % tagged.length]!);
    return target.networks.send(network, operation, { body });
  });
  const letters = await target.lettersTo(new RegExp(`^${username}[+@]`));
  // The limits are three in ten minutes and five an hour. Three counters apply: unproven letters,
  // resets to the bare address, and resets to its tags. Each allows five if the attack crosses the
  // border of two windows.
  return heldIf(
    letters <= 15,
    `${letters} of ${lettersAsked} letters were sent, requested in ${ways.length} ways with 10 spellings`,
  );
};

export const floodManyMailboxes = async (target: AttackTarget): Promise<Outcome> => {
  const network = target.newNetwork();
  const answers = await target.sendMany(lettersAsked, (number) => {
    const { username, password } = newPerson();
    const body = { username, email: `many-${username}@example.com`, password };
    return target.networks.send(network, "createUser", { body, headers: forgedOrigin(number) });
  });
  const letters = await target.lettersTo(/^many-/);
  return heldIf(
    letters <= 20,
    `${letters} of ${lettersAsked} letters to different mailboxes were sent, ${countOf(answers, 429)} requests refused`,
  );
};

/** Sends what a stranger can send who knows only the address. */
const sendProbes = async (
  target: AttackTarget,
  email: string,
  names: readonly ProbeName[],
  times: number,
) => {
  const suspect = suspectAt(email, noAsker);
  for (const name of names)
    await target.sendMany(times, (_, network) => {
      const { operation, body } = probes[name](suspect);
      return target.networks.send(network, operation, { body });
    });
};

const waitOf = ({ status, headers }: { status: number; headers: Headers }) =>
  status === 429 ? Number(headers.get("retry-after") ?? Infinity) : 0;
const day = 86_400;

export const keepOut = async (target: AttackTarget): Promise<Outcome> => {
  const owner = await target.signedIn();
  await sendProbes(
    target,
    owner.email,
    [
      "ask with a wrong password",
      "sign in with a wrong code",
      "register",
      "ask for a reset",
      "confirm a reset with a wrong code",
    ],
    200,
  );
  const { email, password, deviceToken } = owner;
  const elsewhere = await target.networks.send(target.newNetwork(), "requestOtp", {
    body: { email, password },
  });
  const code = { email, otp_code: "000 000" };
  const attempt = await target.networks.send(target.newNetwork(), "createToken", { body: code });
  const wait = Math.max(waitOf(elsewhere), waitOf(attempt));
  const newDevice = `a new device waits at most ${wait} s (password ${elsewhere.status}, code ${attempt.status})`;
  if (deviceToken === undefined)
    return { verdict: "not yet", summary: `there are no device tokens; ${newDevice}` };
  const otp_code = await target.askForCode(owner);
  const known = await target.networks.send(owner.network, "createToken", {
    body: { email, otp_code },
    deviceToken,
  });
  return heldIf(
    known.status === 201 && wait <= day,
    `the known device gets ${known.status} without waiting; ${newDevice}`,
  );
};

/** The owner has no known device, and the stranger continues after the owner's password reset. */
export const keepNewDeviceOut = async (target: AttackTarget): Promise<Outcome> => {
  const owner = Object.assign(await target.activated(), {
    deviceToken: undefined,
    network: target.newNetwork(),
  });
  const useUp = () =>
    sendProbes(target, owner.email, ["ask with a wrong password", "sign in with a wrong code"], 50);
  await useUp();
  const { email, password } = owner;
  const before = await target.networks.send(owner.network, "requestOtp", { body: { email, password } });
  await target.resetPassword(owner);
  await useUp();
  const stranger = await target.networks.send(target.newNetwork(), "requestOtp", {
    body: { email, password },
  });
  const otp_code = await target.askForCode(owner);
  const { deviceToken = "" } = owner;
  const after = await target.networks.send(owner.network, "createToken", {
    body: { email, otp_code },
    deviceToken,
  });
  return heldIf(
    before.status === 429 && stranger.status === 429 && after.status === 201,
    `the owner gets ${before.status} before the reset and ${after.status} after it, a stranger ${stranger.status}`,
  );
};

export const invalidateCode = async (target: AttackTarget): Promise<Outcome> => {
  const owner = await target.activated();
  const otp_code = await target.askForCode(owner);
  const ways: ProbeName[] = [
    "ask with a wrong password",
    "register",
    "ask with the password registered",
    "ask for a reset",
    "confirm a reset with a wrong code",
  ];
  await sendProbes(target, owner.email, ways, 50);
  const { status } = await target.networks.send(owner.network, "createToken", {
    body: { email: owner.email, otp_code },
  });
  return heldIf(
    status === 201,
    `the owner's code, sent before ${ways.length} kinds of attempts, gets ${status}`,
  );
};

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

export const tellApart = async (target: AttackTarget): Promise<Outcome> => {
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
