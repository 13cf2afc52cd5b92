// An invitation is a registration that an administrator made. It has a code of its own, so what
// strangers register for the address doesn't end it, and it doesn't end what they have registered.
import { bareAccount } from "../accounts/activation-store.ts";
import { registrationStore } from "../accounts/registration-store.ts";
import { storedNames, type StoredAttributes } from "../attributes/stored-attributes.ts";
import { usernameKey } from "../identity/username.ts";
import { day, nowSeconds, type Clock } from "../platform/clock.ts";
import { variable } from "../platform/environment.ts";
import { transact, type TransactionPart } from "../store/dynamo.ts";
import { notHeldForAnother } from "../store/held-addresses.ts";
import { listAttributes } from "../store/list-indexes.ts";
import { updatePart } from "../store/update-part.ts";
import {
  addressPk,
  invitationSeconds,
  isInvited,
  registrationIdPk,
  registrationPk,
  type Registration,
  type User,
} from "../store/user-items.ts";
import { releaseInvitedUsername, reservingUsername } from "../store/username-items.ts";

/** Longer than an order waits and its code lives, so that administrators see who hasn't come. */
const keptSeconds = invitationSeconds + 5 * day;

type Profile = Partial<Pick<User, "username"> & StoredAttributes>;
type Invitation = {
  email: string;
  addressKey: string;
  invitedBy: string;
  inviteRequestId: string;
  profile: Profile;
};

export const invitationStore = (clock: Clock = nowSeconds) => {
  const table = variable("USERS_TABLE");
  const registrations = registrationStore(clock);

  /** Of a registration that is no invitation, everything may be a stranger's. */
  const personOf = ({ profile, ...order }: Invitation, waiting: Registration | undefined, now: number) => ({
    ...bareAccount(order.email),
    createdAt: now,
    ...(waiting && isInvited(waiting) && waiting),
    ...order,
    ...profile,
    expiresAt: Math.max(waiting?.expiresAt ?? 0, now + keptSeconds),
  });

  const putting = (person: Registration, now: number): TransactionPart => ({
    Put: {
      TableName: table,
      Item: {
        pk: registrationPk(person.addressKey),
        ...person,
        usernameKey: usernameKey(person.username),
        ...listAttributes(person, "pending"),
      },
      ConditionExpression: "attribute_not_exists(pk) OR expiresAt <= :now",
      ExpressionAttributeValues: { ":now": now },
    },
  });

  /** Leaves the registered password and its code alone, which the mailer may be writing. */
  const updating = (person: Registration, waiting: Registration, now: number): TransactionPart => {
    const { passwordHash: _p, networkKey: _n, domainKey: _d, replaced: _r, ...invitation } = person;
    const { otpRequestId: _or, otpDigest: _od, otpExpiresAt: _oe, ...named } = invitation;
    const { inviteDigest: _id, inviteExpiresAt: _ie, ...stays } = named;
    const sets = {
      ...stays,
      usernameKey: usernameKey(person.username),
      ...listAttributes(person, "pending"),
      ...(!isInvited(waiting) && { replaced: true }),
    };
    return updatePart(table, registrationPk(waiting.addressKey), sets, {
      removes: [
        "inviteDigest",
        "inviteExpiresAt",
        ...storedNames.filter((name) => person[name] === undefined),
      ],
      condition: "id = :waitingId AND expiresAt > :now",
      values: { ":waitingId": waiting.id, ":now": now },
    });
  };

  const foundById = (id: string, addressKey: string, expiresAt: number): TransactionPart => ({
    Put: { TableName: table, Item: { pk: registrationIdPk(id), addressKey, expiresAt } },
  });

  const free = (addressKey: string): TransactionPart => ({
    ConditionCheck: {
      TableName: table,
      Key: { pk: addressPk(addressKey) },
      ConditionExpression: "attribute_not_exists(userId)",
    },
  });

  /** A new code replaces an earlier invitation's. `along` has the condition on the actor's rank. */
  const invite = async (
    invitation: Invitation,
    along: TransactionPart[],
  ): Promise<Registration | "address_taken" | "username_taken" | "along_refused"> => {
    const { addressKey, profile } = invitation;
    const now = clock();
    const waiting = await registrations.find(addressKey);
    const person = personOf(invitation, waiting, now);
    const { id, expiresAt } = person;
    const naming =
      profile.username === undefined
        ? []
        : reservingUsername(profile.username, { addressKey, now, expiresAt });
    const { refused } = await transact([
      waiting ? updating(person, waiting, now) : putting(person, now),
      foundById(id, addressKey, expiresAt),
      free(addressKey),
      notHeldForAnother(addressKey, id, now),
      ...along,
      ...naming,
    ]);
    const isRenamed = waiting && usernameKey(waiting.username) !== usernameKey(person.username);
    if (!refused && isRenamed && isInvited(waiting)) await releaseInvitedUsername(waiting, now);
    if (!refused) return person;
    const failedIn = (start: number, end?: number) => refused.slice(start, end).some(({ failed }) => failed);
    const namedFrom = 4 + along.length;
    if (failedIn(4, namedFrom)) return "along_refused";
    if (failedIn(2, 4)) return "address_taken";
    if (failedIn(namedFrom)) return "username_taken";
    // Another registration of the address came first. Every retry means that one succeeded.
    return invite(invitation, along);
  };

  return {
    invite,

    renew: async (
      { id, addressKey, expiresAt }: Registration,
      inviteRequestId: string,
    ): Promise<"renewed" | "refused"> => {
      const now = clock();
      const keptUntil = Math.max(expiresAt, now + keptSeconds);
      const { refused } = await transact([
        updatePart(
          table,
          registrationPk(addressKey),
          { inviteRequestId, expiresAt: keptUntil },
          {
            removes: ["inviteDigest", "inviteExpiresAt"],
            condition: "id = :id AND expiresAt > :now AND attribute_exists(invitedBy)",
            values: { ":id": id, ":now": now },
          },
        ),
        foundById(id, addressKey, keptUntil),
      ]);
      return refused ? "refused" : "renewed";
    },
  };
};

export type InvitationStore = ReturnType<typeof invitationStore>;
