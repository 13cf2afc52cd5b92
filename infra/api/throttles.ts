// Hashing and public operations have lower limits, so that a flood of them leaves the rest usable.
import type { MethodDeploymentOptions } from "aws-cdk-lib/aws-apigateway";
import { contract, type OperationName } from "../../shared/contract/contract.ts";
import type { Operation } from "../../shared/contract/operation.ts";
import type { Grant } from "../grants/grant.ts";
import { grants } from "../grants/grants.ts";
import type { Settings } from "../settings/settings.ts";

/** Lambda would refuse more at once with a 503. */
const hashingBurst = ({ THROTTLE_HASHING_BURST_REQUESTS, HASHING_CONCURRENCY }: Settings): number =>
  HASHING_CONCURRENCY === 0
    ? THROTTLE_HASHING_BURST_REQUESTS
    : Math.min(THROTTLE_HASHING_BURST_REQUESTS, HASHING_CONCURRENCY);

const throttleOf = (name: OperationName, settings: Settings): MethodDeploymentOptions | undefined => {
  const { caller, method }: Operation = contract[name];
  const { hashes }: Grant = grants[name];
  if (hashes)
    return {
      throttlingRateLimit: settings.THROTTLE_HASHING_REQUESTS_PER_SECOND,
      throttlingBurstLimit: hashingBurst(settings),
    };
  if (caller === "public" && method === "POST")
    return {
      throttlingRateLimit: settings.THROTTLE_PUBLIC_REQUESTS_PER_SECOND,
      throttlingBurstLimit: settings.THROTTLE_PUBLIC_BURST_REQUESTS,
    };
  return undefined;
};

export const methodThrottles = (settings: Settings): Record<string, MethodDeploymentOptions> =>
  Object.fromEntries(
    (Object.keys(contract) as OperationName[]).flatMap((name) => {
      const throttle = throttleOf(name, settings);
      const { path, method } = contract[name];
      return throttle ? [[`${path.replace(/\/$/, "")}/${method}`, throttle]] : [];
    }),
  );
