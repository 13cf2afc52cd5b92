// Registering never checks if an address is taken, so that its response can't reveal it. Activation
// fails if the address is taken or held.
import { storedNames } from "../attributes/stored-attributes.ts";
import { usernameKey } from "../identity/username.ts";
import { nowSeconds, type Clock } from "../platform/clock.ts";
import { variable } from "../platform/environment.ts";
import { emailUndoPk } from "../store/address-items.ts";
import { batchRead } from "../store/batch.ts";
import type { Item } from "../store/documents.ts";
import { conditionalWrite, transact, readItem, type TransactionPart } from "../store/dynamo.ts";
import { holdOf, type Hold } from "../store/held-addresses.ts";
import { listAttributes } from "../store/list-indexes.ts";
import {
  besideInvitation,
  isInvited,
  registrationIdPk,
  registrationItem,
  registrationPk,
  type Registration,
} from "../store/user-items.ts";
import { releaseInvitedUsername, reserveUsername, usernameReservedSeconds } from "../store/username-items.ts";

// The salt of a registration's password depends on the address only, so equal passwords have equal
// hashes. The language may be a guess, which another device changes.
const guessed = "locale";
const attributes = storedNames.filter((name) => name !== guessed);
const identity = ["email", "username", "passwordHash", ...attributes] as const;
const repeats = (one: Registration, other: Registration): boolean =>
  identity.every((name) => one[name] === other[name]);

const unchanged = (name: "inviteRequestId" | "inviteDigest", { [name]: value }: Registration) =>
  value === undefined ? `attribute_not_exists(${name})` : `${name} = :${name}`;

type Reserved = "reserved" | "username_taken";

export const registrationStore = (clock: Clock = nowSeconds) => {
  const table = variable("USERS_TABLE");

  /** The condition that the waiting registration is still the one that was read. */
  const still = (waiting: Registration | undefined, now: number) => {
    if (!waiting)
      return {
        ConditionExpression: "attribute_not_exists(pk) OR expiresAt <= :now",
        ExpressionAttributeValues: { ":now": now },
      };
    const { id, replaced, inviteRequestId, inviteDigest } = waiting;
    const conditions = [
      "id = :waitingId",
      ...(replaced ? [] : ["attribute_not_exists(replaced)"]),
      // The mailer may be writing the invitation's code.
      unchanged("inviteRequestId", waiting),
      unchanged("inviteDigest", waiting),
    ];
    return {
      ConditionExpression: conditions.join(" AND "),
      ExpressionAttributeValues: {
        ":waitingId": id,
        ...(inviteRequestId !== undefined && { ":inviteRequestId": inviteRequestId }),
        ...(inviteDigest !== undefined && { ":inviteDigest": inviteDigest }),
      },
    };
  };

  // If no letter leaves, the waiting registration and its code stay, because the code in the newest
  // letter must work.
  const replacing = (registration: Registration, waiting: Registration | undefined) => {
    const { addressKey, otpRequestId } = registration;
    const replaced = waiting && (waiting.replaced === true || !repeats(registration, waiting));
    const { ConditionExpression, ExpressionAttributeValues } = still(waiting, clock());
    // A first registration beside an invitation is stored as at any other address.
    const stored = waiting && !(isInvited(waiting) && waiting.replaced !== true);
    if (stored && otpRequestId === undefined)
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
    const kept = waiting && isInvited(waiting) ? besideInvitation(registration, waiting) : registration;
    return {
      Put: {
        TableName: table,
        Item: {
          pk: registrationPk(addressKey),
          ...kept,
          ...(replaced && { replaced }),
          usernameKey: usernameKey(kept.username),
          ...listAttributes(kept, "pending"),
        },
        ConditionExpression,
        ExpressionAttributeValues,
      },
    };
  };

  const alive = (item: Item | undefined): Registration | undefined => {
    const registration = item && registrationItem.parse(item);
    return registration && registration.expiresAt > clock() ? registration : undefined;
  };

  const find = async (addressKey: string): Promise<Registration | undefined> =>
    alive(await readItem(table, registrationPk(addressKey)));

  /** Before anything of a registration is stored, so that it can run beside the password's hash. */
  const reserve = async ({
    id,
    addressKey,
    username,
    expiresAt,
  }: Pick<Registration, "id" | "addressKey" | "username" | "expiresAt">): Promise<Reserved> => {
    const now = clock();
    const [reserved] = await Promise.all([
      reserveUsername(username, { addressKey, now, expiresAt: now + usernameReservedSeconds }),
      conditionalWrite({
        Put: { TableName: table, Item: { pk: registrationIdPk(id), addressKey, expiresAt } },
      }),
    ]);
    return reserved;
  };

  // `waiting` is the registration that was found for the address. A registration without an
  // `otpRequestId` sends no letter.
  const register = async (
    registration: Registration,
    waiting: Registration | undefined,
    reserved?: Reserved,
  ): Promise<"registered" | "username_taken"> => {
    if ((reserved ?? (await reserve(registration))) === "username_taken") return "username_taken";
    const { refused } = await conditionalWrite(replacing(registration, waiting));
    if (!refused) return "registered";
    // Another registration of the address came first. Every retry means that one succeeded.
    return register(registration, await find(registration.addressKey), "reserved");
  };

  return {
    find,

    findWithHold: async (
      addressKey: string,
    ): Promise<{ registration: Registration | undefined; hold: Hold }> => {
      const pks = [registrationPk(addressKey), emailUndoPk(addressKey)];
      const { [table]: items = [] } = await batchRead({ [table]: pks.map((pk) => ({ pk })) });
      const [registration, undo] = pks.map((pk) => items.find((item) => item["pk"] === pk));
      return { registration: alive(registration), hold: holdOf(undo, clock()) };
    },

    reserve,
    register,

    /** Does the same as `remove` without the right to delete. TTL deletes the item. */
    end: async ({ id, addressKey }: Registration): Promise<"ended" | "refused"> => {
      const { refused } = await conditionalWrite({
        Update: {
          TableName: table,
          Key: { pk: registrationPk(addressKey) },
          UpdateExpression: "SET expiresAt = :now",
          ConditionExpression: "id = :id",
          ExpressionAttributeValues: { ":id": id, ":now": clock() },
        },
      });
      return refused ? "refused" : "ended";
    },

    /** The username stays reserved for its hour, and an invitation's no longer than that. */
    remove: async (
      registration: Registration,
      along: TransactionPart[] = [],
    ): Promise<"removed" | "refused" | "along_refused"> => {
      const { id, addressKey } = registration;
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
      if (!refused && isInvited(registration)) await releaseInvitedUsername(registration, clock());
      if (!refused) return "removed";
      return refused.slice(2).some(({ failed }) => failed) ? "along_refused" : "refused";
    },
  };
};

export type RegistrationStore = ReturnType<typeof registrationStore>;
