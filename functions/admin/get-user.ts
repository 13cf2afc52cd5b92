import { shownPerson } from "../../shared/admin/person-fields.ts";
import { personLookup, requirePerson, type PersonLookup } from "../../shared/admin/person-lookup.ts";
import * as contract from "../../shared/contract/staff-operations.ts";
import { deliveryStore, type DeliveryStore } from "../../shared/delivery/delivery-store.ts";
import { userEndpoint, type UserCall } from "../../shared/http/user-endpoint.ts";
import { isAccount } from "../../shared/store/user-items.ts";

type Deps = { people: Pick<PersonLookup, "find">; deliveries: Pick<DeliveryStore, "find"> };

export const getUser = async ({ parameters: { id } }: UserCall<typeof contract.getUser>, deps: Deps) => {
  const person = await requirePerson(id, deps);
  return shownPerson(person, isAccount(person) ? await deps.deliveries.find(person.addressKey) : undefined);
};

export const handler = await userEndpoint(contract.getUser, getUser, () => ({
  people: personLookup(),
  deliveries: deliveryStore(),
}));
