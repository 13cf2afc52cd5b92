import { operator } from "../events/actor.ts";
import { newUserItem } from "../events/user-change.ts";
import { usernameKey } from "../identity/username.ts";
import { nowSeconds, type Clock } from "../platform/clock.ts";
import { variable } from "../platform/environment.ts";
import { takingAddress } from "../store/address-pointers.ts";
import { transact } from "../store/dynamo.ts";
import { notHeldForAnother } from "../store/held-addresses.ts";
import { registrationPk, userItem, type User } from "../store/user-items.ts";
import { takingUsername } from "../store/username-items.ts";

const absent = "attribute_not_exists(pk)";

export const accountImportStore = (clock: Clock = nowSeconds) => {
  const table = variable("USERS_TABLE");

  return {
    /**
     * Never changes an existing account: `there` is the one that already has this id. Deletes a
     * registration of the address, because it can't be activated any more.
     */
    put: async (
      user: User,
    ): Promise<"imported" | { there: User } | "address_taken" | "username_taken" | "address_held"> => {
      const { id, addressKey, username } = user;
      const now = clock();
      const key = usernameKey(username);
      const { refused } = await transact([
        {
          Put: {
            TableName: table,
            Item: newUserItem({ ...user, usernameKey: key }, { actor: operator, at: now }),
            ConditionExpression: absent,
            ReturnValuesOnConditionCheckFailure: "ALL_OLD",
          },
        },
        takingAddress(addressKey, id),
        notHeldForAnother(addressKey, id, now),
        { Delete: { TableName: table, Key: { pk: registrationPk(addressKey) } } },
        ...takingUsername(username, { userId: id }, { addressKey, now }),
      ]);
      if (!refused) return "imported";
      const [account, address, , , ...names] = refused;
      if (account?.failed) return { there: userItem.parse(account.item) };
      if (address?.failed) return "address_taken";
      return names.some(({ failed }) => failed) ? "username_taken" : "address_held";
    },
  };
};
