// The person whom --email or --id names.
import { addressLookup } from "../../shared/accounts/address-lookup.ts";
import { userStore } from "../../shared/accounts/user-store.ts";
import { personLookup } from "../../shared/admin/person-lookup.ts";
import * as schemas from "../../shared/contract/schemas.ts";
import { pseudonyms } from "../../shared/identity/pseudonyms.ts";
import type { Person } from "../../shared/store/user-items.ts";

export const validAddress = (typed: string): string => {
  const { data, error } = schemas.email.safeParse(typed);
  if (data === undefined) throw new Error(`--email: ${error?.issues[0]?.message ?? "not valid"}`);
  return data;
};

/** An address can have an account and, from a later registration, a registration too. */
export const peopleAt = async (email: string): Promise<Person[]> => {
  const { accountId, registration } = await addressLookup().findByAddress(await pseudonyms.ofAddress(email));
  const account = accountId === undefined ? undefined : await userStore().find(accountId);
  return [account, registration].filter((person) => person !== undefined);
};

export const personWithId = (id: string): Promise<Person | undefined> =>
  personLookup().find(id.trim().toLowerCase());
