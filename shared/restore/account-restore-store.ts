import { operator } from "../events/actor.ts";
import { newUserItem, sameVersion } from "../events/user-change.ts";
import { neutralUsername, usernameKey } from "../identity/username.ts";
import { nowSeconds, type Clock } from "../platform/clock.ts";
import { variable } from "../platform/environment.ts";
import { forgettingDevices, takingAddress } from "../store/address-pointers.ts";
import { readItem, readPages, transact, type TransactionPart } from "../store/dynamo.ts";
import { notHeldForAnother } from "../store/held-addresses.ts";
import { registrationPk, userItem, usernamePk, userPk, type User } from "../store/user-items.ts";
import { heldUsernamePk, takingUsername } from "../store/username-items.ts";

type Outcome = "restored" | "changed_meanwhile" | "address_taken" | "username_taken" | "address_held";

/** `backupTable` is a table of users that was restored or kept. */
export async function* accountsOf(backupTable: string): AsyncGenerator<User> {
  const scan = {
    TableName: backupTable,
    ConsistentRead: true,
    FilterExpression: "begins_with(pk, :account)",
    ExpressionAttributeValues: { ":account": userPk("") },
  };
  for await (const { items } of readPages({ Scan: scan }))
    for (const item of items) yield userItem.parse(item);
}

export const accountRestoreStore = (clock: Clock = nowSeconds) => {
  const table = variable("USERS_TABLE");

  const find = async (userId: string): Promise<User | undefined> => {
    const item = await readItem(table, userPk(userId));
    return item && userItem.parse(item);
  };

  // The backup's own version would be older than what receivers of events know.
  const written = (user: User, now: number) => ({
    ...newUserItem({ ...user, usernameKey: usernameKey(user.username) }, { actor: operator, at: now }),
    version: user.version,
  });

  const naming = (user: User, now: number, held?: { heldPk: string }): TransactionPart[] =>
    takingUsername(user.username, { userId: user.id }, { addressKey: user.addressKey, now, ...held });

  /** For an account that the stage has no more. Its devices are unknown. */
  const bringBack = async (user: User): Promise<Outcome> => {
    const now = clock();
    const { refused } = await transact([
      {
        Put: {
          TableName: table,
          Item: written(user, now),
          ConditionExpression: "attribute_not_exists(pk)",
        },
      },
      takingAddress(user.addressKey, user.id),
      notHeldForAnother(user.addressKey, user.id, now),
      { Delete: { TableName: table, Key: { pk: registrationPk(user.addressKey) } } },
      ...naming(user, now),
    ]);
    if (!refused) return "restored";
    const [account, address, held, , ...names] = refused;
    if (account?.failed) return "changed_meanwhile";
    if (address?.failed) return "address_taken";
    if (held?.failed) return "address_held";
    return names.some(({ failed }) => failed) ? "username_taken" : "changed_meanwhile";
  };

  /** For an account that the stage still has. It keeps its address. */
  const overwrite = async (user: User, live: User): Promise<Outcome> => {
    const now = clock();
    const same = sameVersion(live.version);
    const heldPk = heldUsernamePk(live);
    const isRenamed = usernamePk(usernameKey(user.username)) !== heldPk;
    const { refused } = await transact([
      {
        Put: {
          TableName: table,
          Item: written(isRenamed ? user : { ...user, username: live.username }, now),
          ConditionExpression: `addressKey = :addressKey AND sessionEpoch = :epoch AND ${same.condition}`,
          ExpressionAttributeValues: {
            ":addressKey": live.addressKey,
            ":epoch": live.sessionEpoch,
            ...same.values,
          },
        },
      },
      forgettingDevices(live),
      ...(isRenamed
        ? [{ Delete: { TableName: table, Key: { pk: heldPk } } }, ...naming(user, now, { heldPk })]
        : []),
    ]);
    if (!refused) return "restored";
    const [account, devices] = refused;
    return account?.failed || devices?.failed ? "changed_meanwhile" : "username_taken";
  };

  const put = (user: User, live: User | undefined): Promise<Outcome> =>
    live ? overwrite(user, live) : bringBack(user);

  return {
    find,

    /** Gives the account another username if another person has taken its own meanwhile. */
    put: async (user: User, live: User | undefined): Promise<Outcome> => {
      const outcome = await put(user, live);
      if (outcome !== "username_taken") return outcome;
      const renamed = { ...user, username: live?.username ?? neutralUsername() };
      return (await put(renamed, live)) === "restored" ? "username_taken" : "changed_meanwhile";
    },
  };
};
