import { arn } from "../aws/local-account.ts";
import type { Policies } from "./iam-policy.ts";
import { requiredAccess, type Call } from "./required-access.ts";
import { ServiceError } from "../aws/service-error.ts";

export type Principal = {
  name: string;
  /** The role is undefined for the runner and its tests, which have all rights. */
  role?: string;
};

export const authorise = (
  call: Call,
  { name, role }: Principal,
  policies: Policies,
  secretArn: (secretId: string) => string | undefined,
): void => {
  if (role === undefined) return;
  for (const alternatives of requiredAccess(call, secretArn)) {
    const decisions = new Set(alternatives.map((access) => policies.decide(role, access)));
    if (decisions.has("allowed") && !decisions.has("denied")) continue;
    const { action, resource } = alternatives[0] ?? { action: call.operation, resource: "*" };
    const user = arn("sts", `assumed-role/${role.slice(role.lastIndexOf("/") + 1)}/${name}`);
    const reason = decisions.has("denied")
      ? "with an explicit deny in an identity-based policy"
      : `because no identity-based policy allows the ${action} action`;
    const isQuery = call.service === "ses";
    throw new ServiceError(
      isQuery ? "AccessDenied" : "AccessDeniedException",
      `User: ${user} is not authorized to perform: ${action} on resource: ${resource} ${reason}`,
      { status: isQuery ? 403 : 400 },
    );
  }
};
