import { personLookup, requireAccount, type PersonLookup } from "../../shared/admin/person-lookup.ts";
import * as contract from "../../shared/contract/staff-operations.ts";
import { deliveryStore, type DeliveryStore } from "../../shared/delivery/delivery-store.ts";
import { liftSuppression } from "../../shared/delivery/lift-suppression.ts";
import { userEndpoint, type UserCall } from "../../shared/http/user-endpoint.ts";
import { limitStore } from "../../shared/limits/limit-store.ts";
import { spendStaffAct, type StaffActDeps } from "../../shared/limits/staff-limits.ts";
import { recordSecurityEvent } from "../../shared/platform/security-log.ts";

type Deps = StaffActDeps & {
  people: Pick<PersonLookup, "find">;
  deliveries: Pick<DeliveryStore, "lift">;
  liftSuppression: typeof liftSuppression;
  recordSecurityEvent: typeof recordSecurityEvent;
};

/** The address is the stored one, so that no one can take another off the suppression list. */
export const retryDelivery = async (
  { user: actor, parameters: { id } }: UserCall<typeof contract.retryDelivery>,
  deps: Deps,
): Promise<void> => {
  const { email, addressKey } = await requireAccount(id, actor, deps);
  await spendStaffAct(actor, deps);
  await deps.liftSuppression(email);
  await deps.deliveries.lift(addressKey);
  deps.recordSecurityEvent("delivery_retried", { userId: id, actorId: actor.id });
};

export const handler = await userEndpoint(contract.retryDelivery, retryDelivery, () => ({
  people: personLookup(),
  deliveries: deliveryStore(),
  limits: limitStore(),
  liftSuppression,
  recordSecurityEvent,
}));
