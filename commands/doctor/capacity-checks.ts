import type { FunctionName, Grant } from "../../infra/grants/grant.ts";
import { grants } from "../../infra/grants/grants.ts";
import { functionName } from "../../infra/naming.ts";
import type { Settings } from "../../infra/settings/settings.ts";
import type { AwsAnswers } from "./aws-answers.ts";
import { check, ok, problem, warning, type Finding } from "./finding.ts";

/** Lambda refuses a reservation that leaves less than this for functions without one. */
const leastUnreserved = 100;
const usualQuota = 1_000;

export const hashingFunctions = (Object.entries(grants) as [FunctionName, Grant][])
  .filter(([, { hashes }]) => hashes)
  .map(([name]) => name);

const reservation = async (
  aws: Pick<AwsAnswers, "reservedConcurrency">,
  settings: Settings,
  unreserved: number,
) => {
  const { HASHING_CONCURRENCY: each, STAGE } = settings;
  const present = await Promise.all(
    hashingFunctions.map((name) => aws.reservedConcurrency(functionName(STAGE, name))),
  );
  const free = unreserved + present.reduce((sum, one) => sum + one, 0);
  const left = free - each * hashingFunctions.length;
  const words = `HASHING_CONCURRENCY=${each} reserves ${each} for each of ${hashingFunctions.length} functions`;
  if (left >= leastUnreserved) return ok(`${words}, which leaves ${left} for the others.`);
  const most = Math.max(0, Math.floor((free - leastUnreserved) / hashingFunctions.length));
  return problem(
    `${words}, which would leave ${left}. Lambda wants ${leastUnreserved}, so the deployment would fail. Set it to ${most} or less, or ask AWS for a higher quota.`,
  );
};

const burst = ({ HASHING_CONCURRENCY, THROTTLE_HASHING_BURST_REQUESTS }: Settings, quota: number) => {
  const most = HASHING_CONCURRENCY > 0 ? HASHING_CONCURRENCY : quota;
  if (THROTTLE_HASHING_BURST_REQUESTS <= most) return [];
  return [
    warning(
      `THROTTLE_HASHING_BURST_REQUESTS=${THROTTLE_HASHING_BURST_REQUESTS} lets in more at once than the ${most} that Lambda runs, and the others are refused. Lower it.`,
    ),
  ];
};

export const checkConcurrency = (
  aws: Pick<AwsAnswers, "concurrency" | "reservedConcurrency">,
  settings: Settings,
): Promise<Finding[]> =>
  check("Lambda concurrency", "lambda:GetAccountSettings and lambda:GetFunctionConcurrency", async () => {
    const { ConcurrentExecutions: quota = 0, UnreservedConcurrentExecutions: unreserved = quota } =
      await aws.concurrency();
    return [
      quota < usualQuota
        ? warning(
            `The account's quota is ${quota}. Ask AWS for ${usualQuota} in the Service Quotas console, because calls above it are refused.`,
          )
        : ok(`The account's quota is ${quota}.`),
      ...(settings.HASHING_CONCURRENCY > 0 ? [await reservation(aws, settings, unreserved)] : []),
      ...burst(settings, quota),
    ];
  });
