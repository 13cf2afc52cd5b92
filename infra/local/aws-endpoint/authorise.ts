import { callerArn } from "../operators/caller-identity.ts";
import type { Access, Policies } from "./iam-policy.ts";
import { requiredAccess, type Call } from "./required-access.ts";
import { ServiceError } from "../aws/service-error.ts";

export type Principal = {
  name: string;
  /** The role is undefined for the runner and its tests, which have all rights. */
  role?: string;
};

/** Names the kinds of items only: the rest of a key may stand for a person. */
const kindsIn = ({ context = {} }: Access): string => {
  const keys = context["dynamodb:LeadingKeys"] ?? [];
  const kinds = new Set(keys.flatMap((key) => /^[a-z-]+#/.exec(key) ?? []));
  return kinds.size === 0 ? "" : ` on keys that begin with ${[...kinds].join(" or ")}`;
};

const reasons = {
  denied: "with an explicit deny in an identity-based policy",
  "denied-by-resource": "with an explicit deny in a resource-based policy",
} as const;

/** Like an operator with all rights: only what the bus itself denies is refused. */
const runnerRole = ({ service }: Call): string | undefined =>
  service === "events" ? callerArn({ name: "Runner" }) : undefined;

export const authorise = (
  call: Call,
  { name, role = runnerRole(call) }: Principal,
  policies: Policies,
  secretArn: (secretId: string) => string | undefined,
): void => {
  if (role === undefined) return;
  for (const alternatives of requiredAccess(call, secretArn, policies.partitionKeys)) {
    const decisions = alternatives.map((access) => policies.decide(role, access));
    const denial = decisions.find((one) => one === "denied" || one === "denied-by-resource");
    if (decisions.includes("allowed") && denial === undefined) continue;
    const access = alternatives[0] ?? { action: call.operation, resource: "*" };
    const { action, resource } = access;
    const reason = denial
      ? reasons[denial]
      : `because no identity-based policy allows the ${action} action${kindsIn(access)}`;
    const isQuery = call.parameters instanceof URLSearchParams;
    throw new ServiceError(
      isQuery ? "AccessDenied" : "AccessDeniedException",
      `User: ${callerArn({ name, role })} is not authorized to perform: ${action} on resource: ${resource} ${reason}`,
      { status: call.service === "ses" ? 403 : 400 },
    );
  }
};
