// No proof of the address is needed, because operators can write to the tables anyway.
import { userStore } from "../accounts/user-store.ts";
import { userUpdateStore } from "../accounts/user-update-store.ts";
import { noAttributes } from "../attributes/stored-attributes.ts";
import { operator } from "../events/actor.ts";
import { newUserItem } from "../events/user-change.ts";
import { usernameKey } from "../identity/username.ts";
import { nowSeconds, type Clock } from "../platform/clock.ts";
import { variable } from "../platform/environment.ts";
import { takingAddress } from "../store/address-pointers.ts";
import { transact, type TransactionPart } from "../store/dynamo.ts";
import { notHeldForAnother } from "../store/held-addresses.ts";
import { registrationPk, type User } from "../store/user-items.ts";
import { takingUsername } from "../store/username-items.ts";

type Administrator = Pick<User, "id" | "username" | "email" | "addressKey" | "passwordHash">;

export const administratorStore = (clock: Clock = nowSeconds) => {
  const table = variable("USERS_TABLE");
  const [users, { change }] = [userStore(), userUpdateStore(clock)];

  const discardRegistration = (addressKey: string): TransactionPart => ({
    Delete: { TableName: table, Key: { pk: registrationPk(addressKey) } },
  });

  const create = async (
    administrator: Administrator,
  ): Promise<"created" | "username_taken" | "promote" | "address_held"> => {
    const { id, addressKey, username } = administrator;
    const now = clock();
    const user: User = {
      ...administrator,
      usernameKey: usernameKey(username),
      ...noAttributes,
      status: "active",
      isStaff: true,
      sessionEpoch: 0,
      createdAt: now,
    };
    const put = (Item: Record<string, unknown>): TransactionPart => ({
      Put: { TableName: table, Item, ConditionExpression: "attribute_not_exists(pk)" },
    });
    const { refused } = await transact([
      takingAddress(addressKey, id),
      put(newUserItem(user, { actor: operator, at: now })),
      notHeldForAnother(addressKey, id, now),
      discardRegistration(addressKey),
      ...takingUsername(username, { userId: id }, { addressKey, now }),
    ]);
    if (!refused) return "created";
    const [address, , held, , ...names] = refused;
    if (names.some(({ failed }) => failed)) return "username_taken";
    return held?.failed && !address?.failed ? "address_held" : "promote";
  };

  // Sets username and password of the account with this address, enables it and makes it staff, or
  // creates it.
  const appoint = async (
    administrator: Administrator,
  ): Promise<"created" | "promoted" | "username_taken" | "address_held" | "frozen"> => {
    const { addressKey, username, passwordHash } = administrator;
    const userId = await users.findIdByAddress(addressKey);
    const user = userId === undefined ? undefined : await users.find(userId);
    if (!user) {
      const created = await create(administrator);
      return created === "promote" ? appoint(administrator) : created;
    }
    const changes = { username, passwordHash, status: "active", isStaff: true } as const;
    const changed = await change(user, changes, operator, [discardRegistration(addressKey)]);
    if (changed === "username_taken" || changed === "frozen") return changed;
    return typeof changed === "string" ? appoint(administrator) : "promoted";
  };

  return { appoint };
};
