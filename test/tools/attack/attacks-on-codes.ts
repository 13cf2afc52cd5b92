/** Guessing six digits. */
import { countOf, heldIf, type Battlefield, type Dweller, type Outcome } from "./battlefield.ts";
import { forgedOrigin } from "../bench/sides.ts";

const codeAt = (right: string, step: number) =>
  ((Number(right.replace(" ", "")) + step) % 1_000_000).toString().padStart(6, "0");

const guesses = 10_000;
/** Two windows of five minutes, if the attack lies across their border. */
const mostEvaluated = 10;

const guessFromManySides = async (
  field: Battlefield,
  operation: "createToken" | "activateUser",
  { email, code }: Dweller,
): Promise<Outcome> => {
  // The right one is among them, in the middle.
  const answers = await field.storm(guesses, (number, side) =>
    field.sides.send(side, operation, {
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

export const guessLoginCodes = async (field: Battlefield): Promise<Outcome> => {
  const victim = await field.activated();
  await field.askForCode(victim);
  return guessFromManySides(field, "createToken", victim);
};

export const guessActivationCodes = async (field: Battlefield): Promise<Outcome> =>
  guessFromManySides(field, "activateUser", await field.registered());

export const submitInParallel = async (field: Battlefield): Promise<Outcome> => {
  const victim = await field.activated();
  const body = { email: victim.email, otp_code: await field.askForCode(victim) };
  const answers = await field.storm(16, (_, side) => field.sides.send(side, "createToken", { body }));
  const successes = countOf(answers, 201);
  return heldIf(successes === 1, `${successes} of 16 parallel submits of the right code signed in`);
};

/** Fifty wrong guesses, then the right code: of the same letter, and of one asked for afterwards. */
export const guessThenUseRightCode = async (field: Battlefield): Promise<Outcome> => {
  const victim = await field.activated();
  const code = await field.askForCode(victim);
  const trial = (otp_code: string) => (_: number, side: number) =>
    field.sides.send(side, "createToken", { body: { email: victim.email, otp_code } });
  await field.storm(50, (number, side) => trial(codeAt(code, number + 1))(number, side));
  const [same] = await field.storm(1, trial(code));
  const newCode = await field.askForCode(victim);
  const [newer] = await field.storm(1, trial(newCode));
  return heldIf(
    same?.status === 429 && newer?.status === 429,
    `after 50 wrong guesses the right code gets ${same?.status}, that of a new letter ${newer?.status}`,
  );
};
