// How often and with what `cdk deploy` is called. The stacks that callers use are watched, and the
// others are not, because CloudFormation waits for the alarms once for each stack.
import type { Trigger } from "./rollback-triggers.ts";

export const firstStacks = ["Stateful", "Account", "Sender"] as const;
export const watchedStacks = ["UserFunctions", "StaffFunctions", "Api"] as const;
const watchMinutes = "10";

const asksNever = (operands: readonly string[]): boolean =>
  operands.some(
    (word, index) =>
      word === "--require-approval=never" ||
      (word === "--require-approval" && operands[index + 1] === "never"),
  );

/** CDK asks on its standard output, before it widens rights. */
export const needsAnswer = (operands: readonly string[], isTerminal: boolean): boolean =>
  !isTerminal && !asksNever(operands) && !operands.some((word) => word === "--yes" || word === "-y");

/** CloudFormation remembers the triggers of earlier deployments, and `none` clears them. */
const watch = (triggers: readonly Trigger[]): string[] =>
  triggers.length === 0
    ? ["--rollback-trigger-alarm-arns", "none"]
    : [
        ...triggers.flatMap(({ arn }) => ["--rollback-trigger-alarm-arns", arn]),
        "--monitoring-time-minutes",
        watchMinutes,
      ];

type Deployment = {
  operands: readonly string[];
  triggers: readonly Trigger[];
  /** False if the SES identity exists already. */
  hasSender: boolean;
};

export const productionSteps = ({ operands, triggers, hasSender }: Deployment): string[][] => [
  [...firstStacks.filter((name) => name !== "Sender" || hasSender), ...operands],
  [
    ...watchedStacks,
    // Without it, CDK would deploy and watch the first stacks again.
    "--exclusively",
    ...watch(triggers),
    // CDK can't ask about two stacks at once.
    ...(asksNever(operands) && !operands.includes("--concurrency") ? ["--concurrency", "2"] : []),
    ...operands,
  ],
];

/** False if CDK only prepares the change or explains itself. */
export const deploysNow = (operands: readonly string[]): boolean =>
  !operands.some((word) => ["--no-execute", "prepare-change-set", "--help", "-h"].includes(word)) &&
  !operands.includes("--method=prepare-change-set");
