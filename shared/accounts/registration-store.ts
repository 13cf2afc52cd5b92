// Registering never checks if an address is taken, so that its response can't reveal it. Activation
// fails if the address is taken or held.
import { digestIsIn, digestValues } from "../codes/code-conditions.ts";
import { normaliseUsername } from "../identity/username.ts";
import { spendingReset } from "../passwords/password-reset-store.ts";
import { nowSeconds, type Clock } from "../platform/clock.ts";
import { variable } from "../platform/environment.ts";
import { takingAddress } from "../store/address-pointers.ts";
import { transact, readItem, type TransactionPart } from "../store/dynamo.ts";
import { notHeldForAnother } from "../store/held-addresses.ts";
import { listAttributes } from "../store/list-indexes.ts";
import {
  registrationIdPk,
  registrationItem,
  registrationPk,
  usernamePk,
  userPk,
  type Registration,
  type User,
} from "../store/user-items.ts";

export const registrationStore = (clock: Clock = nowSeconds) => {
  const table = variable("USERS_TABLE");

  // Makes the registration an account. `own` is the condition on the activation code. With a reset
  // code it is `undefined`, and `along` contains the condition.
  const turn = async (
    registration: Registration,
    own: { condition: string; values: Record<string, string> } | undefined,
    idempotencyToken: string,
    along: TransactionPart[],
  ): Promise<User | "refused"> => {
    const { addressKey, expiresAt: _, otpRequestId: __, ...person } = registration;
    const now = clock();
    const user: User = {
      ...person,
      addressKey,
      status: "active",
      isStaff: false,
      sessionEpoch: 0,
      createdAt: now,
    };
    const absent = "attribute_not_exists(pk)";
    const { refused } = await transact(
      [
        {
          Delete: {
            TableName: table,
            Key: { pk: registrationPk(addressKey) },
            ConditionExpression: ["id = :id AND expiresAt > :now", ...(own ? [own.condition] : [])].join(
              " AND ",
            ),
            ExpressionAttributeValues: { ":id": user.id, ":now": now, ...own?.values },
          },
        },
        {
          Put: {
            TableName: table,
            Item: { pk: userPk(user.id), ...user, ...listAttributes(user, "active") },
            ConditionExpression: absent,
          },
        },
        takingAddress(addressKey, user.id, idempotencyToken),
        {
          Update: {
            TableName: table,
            Key: { pk: usernamePk(normaliseUsername(user.username)) },
            UpdateExpression: "SET userId = :userId REMOVE reservedFor, expiresAt",
            ConditionExpression: "reservedFor = :addressKey",
            ExpressionAttributeValues: { ":userId": user.id, ":addressKey": addressKey },
          },
        },
        notHeldForAnother(addressKey, user.id, now),
        ...along,
      ],
      { token: idempotencyToken },
    );
    return refused ? "refused" : user;
  };

  return {
    /** Replaces an earlier registration of the address, because that one is unproven. */
    register: async (registration: Registration): Promise<"registered" | "username_taken"> => {
      const { id, addressKey, username, expiresAt } = registration;
      const listed = { ...registration, ...listAttributes(registration, "pending") };
      const { refused } = await transact([
        { Put: { TableName: table, Item: { pk: registrationPk(addressKey), ...listed } } },
        {
          Put: {
            TableName: table,
            Item: { pk: usernamePk(normaliseUsername(username)), reservedFor: addressKey, expiresAt },
            ConditionExpression: "attribute_not_exists(pk) OR expiresAt <= :now OR reservedFor = :addressKey",
            ExpressionAttributeValues: { ":now": clock(), ":addressKey": addressKey },
          },
        },
        { Put: { TableName: table, Item: { pk: registrationIdPk(id), addressKey, expiresAt } } },
      ]);
      return refused ? "username_taken" : "registered";
    },

    find: async (addressKey: string): Promise<Registration | undefined> => {
      const item = await readItem(table, registrationPk(addressKey));
      const registration = item && registrationItem.parse(item);
      return registration && registration.expiresAt > clock() ? registration : undefined;
    },

    /** The idempotency token lets a retry of this call succeed after a lost response. */
    activate: (
      registration: Registration,
      otpDigests: readonly string[],
      idempotencyToken: string,
      along: TransactionPart[] = [],
    ): Promise<User | "refused"> => {
      const condition = `${digestIsIn(otpDigests)} AND otpExpiresAt > :now`;
      return turn(registration, { condition, values: digestValues(otpDigests) }, idempotencyToken, along);
    },

    /** A reset code proves the address too, because it was sent to the same mailbox. */
    activateByReset: (
      registration: Registration,
      otpDigests: readonly string[],
      idempotencyToken: string,
    ): Promise<User | "refused"> =>
      turn(registration, undefined, idempotencyToken, [spendingReset(registration, otpDigests, clock())]),

    remove: async (
      { id, addressKey, username }: Registration,
      along: TransactionPart[] = [],
    ): Promise<"removed" | "refused" | "along_refused"> => {
      const { refused } = await transact([
        {
          Delete: {
            TableName: table,
            Key: { pk: registrationPk(addressKey) },
            ConditionExpression: "id = :id",
            ExpressionAttributeValues: { ":id": id },
          },
        },
        {
          Delete: {
            TableName: table,
            Key: { pk: usernamePk(normaliseUsername(username)) },
            ConditionExpression: "attribute_not_exists(pk) OR reservedFor = :addressKey",
            ExpressionAttributeValues: { ":addressKey": addressKey },
          },
        },
        { Delete: { TableName: table, Key: { pk: registrationIdPk(id) } } },
        ...along,
      ]);
      if (!refused) return "removed";
      return refused.slice(3).some(({ failed }) => failed) ? "along_refused" : "refused";
    },
  };
};

export type RegistrationStore = ReturnType<typeof registrationStore>;
