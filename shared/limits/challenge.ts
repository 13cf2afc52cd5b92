// A check against robots depends on how much a network or all networks have asked for, never on the
// address, so it reveals nothing about one.
import { ApiError } from "../contract/errors.ts";
import { minute } from "../platform/clock.ts";
import { variable } from "../platform/environment.ts";
import type { ChallengeAction, verifyChallenge } from "./challenge-service.ts";
import type { Limit, Rule } from "./counters.ts";
import { giveBackLetter, spendLetter, type Letter, type LetterSpending } from "./letter-limits.ts";
import type { LimitStore } from "./limit-store.ts";

const freeShareOfBudget = 0.5;

const isBudget = ({ refusal }: Limit): boolean => refusal === "letter_budget_spent";

const freeAttempts = (limit: Limit, { maximum }: Rule): number =>
  isBudget(limit) ? Math.floor(maximum * freeShareOfBudget) : variable("CHALLENGE_FREE_PER_NETWORK_PER_HOUR");

const challenged = (letter: Letter): Letter =>
  variable("CHALLENGE_VERIFY_URL") === "off"
    ? letter
    : {
        ...letter,
        told: letter.told.map((limit) => ({
          ...limit,
          rules: limit.rules.map((rule) => ({ ...rule, challengeAbove: freeAttempts(limit, rule) })),
        })),
      };

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

type Deps = {
  limits: Pick<LimitStore, "spend" | "spendAll" | "giveBack">;
  verifyChallenge: typeof verifyChallenge;
};

const requireSolved = async ({ action, token, withoutAnswer }: Challenge, deps: Deps): Promise<void> => {
  if (!token) throw new ApiError("challenge_required");
  const verdict = await deps.verifyChallenge(token, action);
  if (verdict === "refused") throw new ApiError("challenge_failed");
  if (verdict === "unanswered" && withoutAnswer === "refuse")
    throw new ApiError("service_unavailable", { retryAfterSeconds: minute });
};

/** Like `spendLetter`, but asks for a solved challenge when many letters were asked for. */
export const spendLetterOrChallenge = async (
  letter: Letter,
  challenge: Challenge,
  deps: Deps,
): Promise<LetterSpending> => {
  const { limits } = deps;
  const spent = await spendLetter(challenged(letter), limits);
  if (spent.outcome === "exhausted" || !spent.needsChallenge) return spent;
  // Otherwise robots with wrong tokens could hold a mailbox's letters while the service is asked.
  if (spent.outcome === "allowed") await giveBackLetter(letter, limits);
  await requireSolved(challenge, deps);
  return spendLetter({ ...letter, told: letter.told.filter(isBudget) }, limits);
};
