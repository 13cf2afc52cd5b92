// A check against robots depends on how much a network or all networks have asked for, never on the
// address, so it reveals nothing about one.
import { ApiError } from "../contract/errors.ts";
import { minute } from "../platform/clock.ts";
import { variable } from "../platform/environment.ts";
import { verifyChallenge, type ChallengeAction } from "./challenge-service.ts";
import type { Limit, Rule } from "./counters.ts";
import { giveBackBudget, type Letter } from "./letter-limits.ts";
import { requireWithin, type LimitStore } from "./limit-store.ts";

const freeShareOfBudget = 0.5;

const freeAttempts = ({ refusal }: Limit, { maximum }: Rule): number =>
  refusal === "letter_budget_spent"
    ? Math.floor(maximum * freeShareOfBudget)
    : variable("CHALLENGE_FREE_PER_NETWORK_PER_HOUR");

const challenged = ({ told }: Letter): readonly Limit[] =>
  variable("CHALLENGE_VERIFY_URL") === "off"
    ? told
    : told.map((limit) => ({
        ...limit,
        rules: limit.rules.map((rule) =>
          rule.onlyChecked ? rule : { ...rule, challengeAbove: freeAttempts(limit, rule) },
        ),
        ...(limit.whenStopped && { whenStopped: "challenge" }),
      }));

type Challenge = {
  action: ChallengeAction;
  token: string | undefined;
  withoutAnswer: "refuse" | "allow";
};

export const registrationChallenge = (token: string | undefined): Challenge => ({
  action: "register",
  token,
  withoutAnswer: variable("CHALLENGE_REGISTRATIONS_WITHOUT_ANSWER"),
});

export const resetChallenge = (token: string | undefined): Challenge => ({
  action: "reset_password",
  token,
  withoutAnswer: "allow",
});

const refusalOf = async (
  { action, token, withoutAnswer }: Challenge,
  verify: typeof verifyChallenge,
): Promise<ApiError | undefined> => {
  if (!token) return new ApiError("challenge_required");
  const verdict = await verify(token, action);
  if (verdict === "refused") return new ApiError("challenge_failed");
  if (verdict === "unanswered" && withoutAnswer === "refuse")
    return new ApiError("service_unavailable", { retryAfterSeconds: minute });
  return undefined;
};

/** Throws the refusal of a limit that callers are told about, or of the challenge. */
export const spendToldLimits = async (
  letter: Letter,
  challenge: Challenge,
  limits: Pick<LimitStore, "spendAll" | "giveBack">,
  verify = verifyChallenge,
): Promise<void> => {
  const spent = await limits.spendAll(challenged(letter));
  requireWithin(spent);
  if (!("needsChallenge" in spent)) return;
  const refusal = await refusalOf(challenge, verify);
  if (refusal === undefined) return;
  await giveBackBudget(letter, limits);
  throw refusal;
};
