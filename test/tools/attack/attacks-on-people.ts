/** Flooding mailboxes, keeping an owner out, finding out who has an account. */
import { comparable, withoutOwnWords } from "../../support/assert/comparable.ts";
import { needsAsker, probes, suspectAt, type ProbeName } from "../../support/calls/enumeration-probes.ts";
import { countOf, heldIf, type Battlefield, type Outcome } from "./battlefield.ts";
import { newPerson } from "../bench/phases.ts";
import { forgedOrigin } from "../bench/sides.ts";

const nobody = { takenUsername: "nobody", asker: { token: "", password: "" } };

const lettersAsked = 1_000;

export const floodOneMailbox = async (field: Battlefield): Promise<Outcome> => {
  const { username, email } = newPerson();
  const ways = ["register", "ask for a reset", "ask with the password registered"] as const;
  const tagged = Array.from({ length: 10 }, (_, tag) =>
    suspectAt(tag === 0 ? email : email.replace("@", `+${tag}@`), nobody),
  );
  await field.storm(lettersAsked, (number, side) => {
    const { operation, body } = probes[ways[number % ways.length]!](tagged[number % tagged.length]!);
    return field.sides.send(side, operation, { body });
  });
  const letters = await field.lettersTo(new RegExp(`^${username}[+@]`));
  // Three in a window, and five an hour where the attack lies across the border of two; resets are counted apart, those to the
  // bare address and those to all its tags.
  return heldIf(
    letters <= 15,
    `${letters} of ${lettersAsked} letters left, by ${ways.length} ways and 10 spellings`,
  );
};

export const floodManyMailboxes = async (field: Battlefield): Promise<Outcome> => {
  const side = field.newSide();
  const answers = await field.storm(lettersAsked, (number) => {
    const { username, password } = newPerson();
    const body = { username, email: `many-${username}@example.com`, password };
    return field.sides.send(side, "createUser", { body, headers: forgedOrigin(number) });
  });
  const letters = await field.lettersTo(/^many-/);
  return heldIf(
    letters <= 20,
    `${letters} of ${lettersAsked} letters left for as many mailboxes, ${countOf(answers, 429)} refused`,
  );
};

/** Everything that a stranger can do to somebody whose address he knows. */
const harass = async (field: Battlefield, email: string, names: readonly ProbeName[], times: number) => {
  const suspect = suspectAt(email, nobody);
  for (const name of names)
    await field.storm(times, (_, side) => {
      const { operation, body } = probes[name](suspect);
      return field.sides.send(side, operation, { body });
    });
};

const waitOf = ({ status, headers }: { status: number; headers: Headers }) =>
  status === 429 ? Number(headers.get("retry-after") ?? Infinity) : 0;
const day = 86_400;

export const keepOut = async (field: Battlefield): Promise<Outcome> => {
  const owner = await field.signedIn();
  await harass(
    field,
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
  const elsewhere = await field.sides.send(field.newSide(), "requestOtp", { body: { email, password } });
  const code = { email, otp_code: "000 000" };
  const trial = await field.sides.send(field.newSide(), "createToken", { body: code });
  const wait = Math.max(waitOf(elsewhere), waitOf(trial));
  const newDevice = `a new device waits at most ${wait} s (password ${elsewhere.status}, code ${trial.status})`;
  if (deviceToken === undefined) return { ending: "not yet", told: `no device tokens; ${newDevice}` };
  const otp_code = await field.askForCode(owner);
  const known = await field.sides.send(owner.side, "createToken", { body: { email, otp_code }, deviceToken });
  return heldIf(
    known.status === 201 && wait <= day,
    `the known device gets ${known.status} at once; ${newDevice}`,
  );
};

/** With no device of his known, while the stranger goes on after he has reset his password. */
export const keepNewDeviceOut = async (field: Battlefield): Promise<Outcome> => {
  const owner = Object.assign(await field.activated(), { deviceToken: undefined, side: field.newSide() });
  const useUp = () =>
    harass(field, owner.email, ["ask with a wrong password", "sign in with a wrong code"], 50);
  await useUp();
  const { email, password } = owner;
  const before = await field.sides.send(owner.side, "requestOtp", { body: { email, password } });
  await field.resetPassword(owner);
  await useUp();
  const stranger = await field.sides.send(field.newSide(), "requestOtp", { body: { email, password } });
  const otp_code = await field.askForCode(owner);
  const { deviceToken = "" } = owner;
  const after = await field.sides.send(owner.side, "createToken", { body: { email, otp_code }, deviceToken });
  return heldIf(
    before.status === 429 && stranger.status === 429 && after.status === 201,
    `before the reset ${before.status}, after it ${after.status}, a stranger meanwhile ${stranger.status}`,
  );
};

export const killLiveCode = async (field: Battlefield): Promise<Outcome> => {
  const owner = await field.activated();
  const otp_code = await field.askForCode(owner);
  const ways: ProbeName[] = [
    "ask with a wrong password",
    "register",
    "ask with the password registered",
    "ask for a reset",
    "confirm a reset with a wrong code",
  ];
  await harass(field, owner.email, ways, 50);
  const { status } = await field.sides.send(owner.side, "createToken", {
    body: { email: owner.email, otp_code },
  });
  return heldIf(
    status === 201,
    `the owner's code, sent before ${ways.length} kinds of attempts, gets ${status}`,
  );
};

/** Two groups of addresses: more letters than these would reach the limit that the owner's own letter began. */
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

export const tellApart = async (field: Battlefield): Promise<Outcome> => {
  const { username: takenUsername } = await field.activated();
  const seen = async (email: string, names: readonly ProbeName[]) => {
    // Another one each time: changes that one account asks for are limited.
    const { access: token = "", password = "" } = names.some(needsAsker) ? await field.signedIn() : {};
    const suspect = suspectAt(email, { takenUsername, asker: { token, password } });
    const list: string[] = [];
    for (const name of names) {
      const { operation, body, token } = probes[name](suspect);
      const answer = await field.sides.send(field.newSide(), operation, {
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
      const known = await seen((await field.activated()).email, names);
      const unknown = await seen(newPerson().email, names);
      compared += known.length;
      different += known.filter((answer, index) => answer !== unknown[index]).length;
    }
  return heldIf(
    different === 0,
    `${different} of ${compared} answers differed between known and unknown addresses`,
  );
};
