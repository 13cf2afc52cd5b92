// Attacks that guess six-digit codes, or use one more than once.
import { forgedOrigin } from "../bench/load/networks.ts";
import { countOf, heldIf, type Attack, type Outcome } from "./attack-outcome.ts";
import type { AttackTarget, TargetUser } from "./attack-target.ts";

const codeAt = (right: string, step: number) =>
  ((Number(right.replace(" ", "")) + step) % 1_000_000).toString().padStart(6, "0");

const guesses = 10_000;
/** The limit is five in five minutes, and the attack may cross the border of two windows. */
const mostEvaluated = 10;

const guessFromManyNetworks = async (
  target: AttackTarget,
  operation: "createToken" | "activateUser",
  { email, code }: TargetUser,
): Promise<Outcome> => {
  // The right code is in the middle of the guesses.
  const answers = await target.sendMany(guesses, (number, network) =>
    target.networks.send(network, operation, {
      body: { email, otp_code: codeAt(code, number - guesses / 2) },
      headers: forgedOrigin(number),
    }),
  );
  const found = answers.filter(({ status }) => status < 300).length;
  const evaluated = guesses - countOf(answers, 429);
  return heldIf(
    found === 0 && evaluated <= mostEvaluated,
    `${evaluated} of ${guesses} guesses were evaluated, ${found} found the code`,
  );
};

const fewEvaluated = `at most ${mostEvaluated} guesses are evaluated`;

/** Sends fifty wrong guesses, then the right code, then the code of a newly requested letter. */
const guessThenUseRightCode = async (target: AttackTarget): Promise<Outcome> => {
  const victim = await target.activated();
  const code = await target.askForCode(victim);
  const attempt = (otp_code: string) => (_: number, network: number) =>
    target.networks.send(network, "createToken", { body: { email: victim.email, otp_code } });
  await target.sendMany(50, (number, network) => attempt(codeAt(code, number + 1))(number, network));
  const [same] = await target.sendMany(1, attempt(code));
  const newCode = await target.askForCode(victim);
  const [newer] = await target.sendMany(1, attempt(newCode));
  return heldIf(
    same?.status === 429 && newer?.status === 429,
    `after 50 wrong guesses the right code gets ${same?.status}, that of a new letter ${newer?.status}`,
  );
};

export const attacksOnCodes: Record<string, Attack> = {
  "guess login codes from 500 networks": {
    expected: fewEvaluated,
    run: async (target) => {
      const victim = await target.activated();
      await target.askForCode(victim);
      return guessFromManyNetworks(target, "createToken", victim);
    },
  },
  "guess activation codes from 500 networks": {
    expected: fewEvaluated,
    run: async (target) => guessFromManyNetworks(target, "activateUser", await target.registered()),
  },
  "submit the right code 16 times at once": {
    expected: "one submit signs in",
    run: async (target) => {
      const victim = await target.activated();
      const body = { email: victim.email, otp_code: await target.askForCode(victim) };
      const answers = await target.sendMany(16, (_, network) =>
        target.networks.send(network, "createToken", { body }),
      );
      const successes = countOf(answers, 201);
      return heldIf(successes === 1, `${successes} of 16 parallel submits of the right code signed in`);
    },
  },
  "use the right code after wrong guesses": {
    expected: "the limit refuses it, also the code of a new letter",
    run: guessThenUseRightCode,
  },
};
