// Registering never checks if an address is taken, so that its response can't reveal it. Activation
// fails if the address is taken or held.
import { hour, nowSeconds, type Clock } from "../platform/clock.ts";
import { variable } from "../platform/environment.ts";
import { transact, readItem, type TransactionPart } from "../store/dynamo.ts";
import { listAttributes } from "../store/list-indexes.ts";
import {
  registrationIdPk,
  registrationItem,
  registrationPk,
  type Registration,
} from "../store/user-items.ts";
import { takingUsername } from "../store/username-items.ts";

/** Counted from the registration, also if it is removed or replaced: an earlier end would tell. */
const usernameReservedSeconds = hour;

// The salt of a registration's password depends on the address only, so equal passwords have equal
// hashes.
const identity = ["email", "username", "firstName", "lastName", "passwordHash"] as const;
const repeats = (one: Registration, other: Registration): boolean =>
  identity.every((name) => one[name] === other[name]);

export const registrationStore = (clock: Clock = nowSeconds) => {
  const table = variable("USERS_TABLE");

  /** The condition that the waiting registration is still the one that was read. */
  const still = (waiting: Registration | undefined, now: number) =>
    waiting
      ? {
          ConditionExpression: waiting.replaced
            ? "id = :waitingId"
            : "id = :waitingId AND attribute_not_exists(replaced)",
          ExpressionAttributeValues: { ":waitingId": waiting.id },
        }
      : {
          ConditionExpression: "attribute_not_exists(pk) OR expiresAt <= :now",
          ExpressionAttributeValues: { ":now": now },
        };

  // If no letter leaves, the waiting registration and its code stay, because the code in the newest
  // letter must work.
  const replacing = (registration: Registration, waiting: Registration | undefined): TransactionPart => {
    const { addressKey, otpRequestId } = registration;
    const replaced = waiting && (waiting.replaced === true || !repeats(registration, waiting));
    const { ConditionExpression, ExpressionAttributeValues } = still(waiting, clock());
    if (waiting && otpRequestId === undefined)
      return {
        Update: {
          TableName: table,
          Key: { pk: registrationPk(addressKey) },
          UpdateExpression: replaced ? "SET replaced = :replaced" : "SET id = :waitingId",
          ConditionExpression,
          ExpressionAttributeValues: {
            ...ExpressionAttributeValues,
            ...(replaced && { ":replaced": true }),
          },
        },
      };
    return {
      Put: {
        TableName: table,
        Item: {
          pk: registrationPk(addressKey),
          ...registration,
          ...(replaced && { replaced }),
          ...listAttributes(registration, "pending"),
        },
        ConditionExpression,
        ExpressionAttributeValues,
      },
    };
  };

  const find = async (addressKey: string): Promise<Registration | undefined> => {
    const item = await readItem(table, registrationPk(addressKey));
    const registration = item && registrationItem.parse(item);
    return registration && registration.expiresAt > clock() ? registration : undefined;
  };

  // `waiting` is the registration that was found for the address. A registration without an
  // `otpRequestId` sends no letter.
  const register = async (
    registration: Registration,
    waiting: Registration | undefined,
  ): Promise<"registered" | "username_taken"> => {
    const { id, addressKey, username, expiresAt } = registration;
    const now = clock();
    const reservation = { reservedFor: addressKey, expiresAt: now + usernameReservedSeconds };
    const { refused } = await transact([
      replacing(registration, waiting),
      { Put: { TableName: table, Item: { pk: registrationIdPk(id), addressKey, expiresAt } } },
      ...takingUsername(username, reservation, { addressKey, now }),
    ]);
    if (!refused) return "registered";
    if (refused.slice(2).some(({ failed }) => failed)) return "username_taken";
    // Another registration of the address came first. Every retry means that one succeeded.
    return register(registration, await find(addressKey));
  };

  return {
    find,
    register,

    /** The username stays reserved for its hour. */
    remove: async (
      { id, addressKey }: Registration,
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
        { Delete: { TableName: table, Key: { pk: registrationIdPk(id) } } },
        ...along,
      ]);
      if (!refused) return "removed";
      return refused.slice(2).some(({ failed }) => failed) ? "along_refused" : "refused";
    },
  };
};

export type RegistrationStore = ReturnType<typeof registrationStore>;
