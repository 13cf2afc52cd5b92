import type { Answer } from "../bench/load/networks.ts";
import type { AttackTarget } from "./attack-target.ts";

export type Outcome = { held: boolean; saw: string };

export type Attack = {
  /** What must be seen if the defence holds. */
  expected: string;
  run: (target: AttackTarget) => Promise<Outcome>;
};

export const heldIf = (held: boolean, saw: string): Outcome => ({ held, saw });

/** Holds if there is no failure. Shows at most the first three. */
export const heldWithout = (failures: readonly string[], saw: string): Outcome => ({
  held: failures.length === 0,
  saw:
    failures.length === 0 ? saw : `${failures.length} failures, such as ${failures.slice(0, 3).join("; ")}`,
});

export const countOf = (answers: readonly Answer[], status: number): number =>
  answers.filter((answer) => answer.status === status).length;
