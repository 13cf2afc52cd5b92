// Always reads both items, so that the time doesn't reveal which addresses are known.
import { nowSeconds, type Clock } from "../platform/clock.ts";
import { variable } from "../platform/environment.ts";
import { batchRead } from "../store/batch.ts";
import {
  addressPk,
  pointerItem,
  registrationItem,
  registrationPk,
  type Registration,
} from "../store/user-items.ts";

export type Entry = { accountId: string | undefined; registration: Registration | undefined };

export const addressLookup = (clock: Clock = nowSeconds) => {
  const table = variable("USERS_TABLE");

  return {
    findByAddress: async (addressKey: string): Promise<Entry> => {
      const keys = [{ pk: addressPk(addressKey) }, { pk: registrationPk(addressKey) }];
      const { [table]: items = [] } = await batchRead({ [table]: keys });
      const pointer = items.find(({ pk }) => pk === addressPk(addressKey));
      const registration = items.find(({ pk }) => pk === registrationPk(addressKey));
      const parsed = registration && registrationItem.parse(registration);
      return {
        accountId: pointerItem.safeParse(pointer).data?.userId,
        registration: parsed && parsed.expiresAt > clock() ? parsed : undefined,
      };
    },
  };
};

export type AddressLookup = ReturnType<typeof addressLookup>;
