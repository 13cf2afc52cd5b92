// Attacks with device tokens that were copied from an owner's devices.
import { newPerson } from "../bench/load/phases.ts";
import { countOf, heldIf, heldWithout, type Attack, type Outcome } from "./attack-outcome.ts";
import type { AttackTarget, TargetUser } from "./attack-target.ts";

const wrongPassword = "Not-The-Password-1";
const tokensStolen = 6;
/** The limit of wrong passwords in ten minutes. */
const mostJudged = 10;

const guess = (target: AttackTarget, email: string, deviceToken?: string) =>
  target.networks.send(target.newNetwork(), "requestOtp", {
    body: { email, password: wrongPassword },
    ...(deviceToken !== undefined && { deviceToken }),
  });

/** Signs in again and again, and returns the tokens that each sign-in has left behind. */
const stealTokens = async (target: AttackTarget, owner: TargetUser, count: number): Promise<string[]> => {
  const tokens = [owner.deviceToken ?? ""];
  while (tokens.length < count) {
    await target.signIn(owner);
    tokens.push(owner.deviceToken ?? "");
  }
  return tokens;
};

const guessWithTokens = async (target: AttackTarget): Promise<Outcome> => {
  const judgedWith = async (count: number): Promise<number> => {
    const owner = await target.signedIn();
    const tokens = await stealTokens(target, owner, count);
    await target.awaitWindow(30);
    const answers = await target.sendMany(60, (number) => guess(target, owner.email, tokens[number % count]));
    return countOf(answers, 401);
  };
  const [one, all] = [await judgedWith(1), await judgedWith(tokensStolen)];
  return heldIf(
    one === mostJudged && all === mostJudged,
    `one token: ${one} of 60 wrong passwords were judged; ${tokensStolen} tokens: ${all}`,
  );
};

/** Moves the account to a new address, and returns the undo code from the letter to the old one. */
const moveAway = async (target: AttackTarget, owner: TargetUser): Promise<string> => {
  const { email: earlier, password: current_password } = owner;
  const new_email = newPerson().email;
  await target.must(owner, "setEmail", { new_email, current_password }, 204);
  const undoCode = await target.codeTo(earlier, "undo");
  await target.must(owner, "confirmEmail", { otp_code: await target.codeTo(new_email, "change") }, 200);
  owner.email = new_email;
  return undoCode;
};

/** Each leaves the user with the token of its own answer, if it has one. */
const acts: Record<string, (target: AttackTarget, owner: TargetUser) => Promise<void>> = {
  "a reset": (target, owner) => target.resetPassword(owner),
  "a password change": async (target, owner) => {
    const body = { current_password: owner.password, new_password: newPerson().password };
    await target.must(owner, "setPassword", body, 204);
  },
  "the end of other sessions": async (target, owner) => {
    await target.must(owner, "endOtherSessions", undefined, 204);
  },
  "a confirmed change": async (target, owner) => {
    await moveAway(target, owner);
  },
  "an undo": async (target, owner) => {
    const { email } = owner;
    const otp_code = await moveAway(target, owner);
    owner.email = email;
    await target.must(Object.assign(owner, { access: "" }), "undoEmail", { email, otp_code }, 204);
  },
  "a deletion and a new owner": async (target, owner) => {
    const { email, password: current_password } = owner;
    await target.must(owner, "deleteMe", { current_password }, 204);
    const { username, password } = Object.assign(owner, newPerson(), { email });
    await target.must(owner, "createUser", { username, email, password }, 201);
    const otp_code = await target.codeTo(email, "activation");
    await target.must(owner, "activateUser", { email, otp_code }, 200);
  },
};

/** Once all guesses without a token are used up, only a known device gets an answer. */
const isKnown = async (target: AttackTarget, email: string, token: string): Promise<boolean> => {
  await target.sendMany(mostJudged, () => guess(target, email));
  return (await guess(target, email, token)).status === 401;
};

const keepTokens = async (target: AttackTarget): Promise<Outcome> => {
  const failures: string[] = [];
  for (const [act, perform] of Object.entries(acts)) {
    await target.awaitWindow(30);
    const owner = await target.signedIn();
    const { email } = owner;
    const tokens = await stealTokens(target, owner, 2);
    await perform(target, owner);
    for (const address of new Set([email, owner.email]))
      for (const token of tokens)
        if (await isKnown(target, address, token)) failures.push(`an old token outlives ${act}`);
    if (!(await isKnown(target, owner.email, owner.deviceToken ?? "")))
      failures.push(`the owner's own device is unknown after ${act}`);
  }
  return heldWithout(
    failures,
    `the old tokens died with ${Object.keys(acts).join(", ")}, and each answer's own token lives`,
  );
};

export const attacksOnDevices: Record<string, Attack> = {
  "guess passwords with six old device tokens": {
    expected: `${mostJudged} are judged, with six tokens as with one`,
    run: guessWithTokens,
  },
  "keep device tokens beyond what they vouch for": {
    expected: "the old tokens die with each act",
    run: keepTokens,
  },
};
