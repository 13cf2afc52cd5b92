// Makes a registration an account. A stranger may have registered the same address too, so nothing
// of a registration that was replaced stays.
import { randomUUID, timingSafeEqual } from "node:crypto";
import { digestIsIn, digestValues, type CodeSlot } from "../codes/code-conditions.ts";
import { attributesOf, noAttributes, type StoredAttributes } from "../attributes/stored-attributes.ts";
import { neutralUsername, usernameKey } from "../identity/username.ts";
import { person } from "../events/actor.ts";
import { newUserItem } from "../events/user-change.ts";
import { passwordProblems } from "../passwords/password-rules.ts";
import { spendingReset } from "../passwords/password-reset-store.ts";
import { nowSeconds, type Clock } from "../platform/clock.ts";
import { variable } from "../platform/environment.ts";
import { takingAddress } from "../store/address-pointers.ts";
import { readItem, transact, type TransactionPart } from "../store/dynamo.ts";
import { notHeldForAnother, takingAsRead, type Hold } from "../store/held-addresses.ts";
import { registrationItem, registrationPk, type Registration, type User } from "../store/user-items.ts";
import { takingUsername } from "../store/username-items.ts";

type Chosen = Pick<User, "username" | "passwordHash"> & StoredAttributes;
type Account = Chosen & Pick<User, "id" | "email">;
/** The person who activates: the address as they spell it, and what they have sent along. */
type Owner = { email: string; brought: Partial<Chosen>; slot?: CodeSlot };

/** Matches no password (see `hash-forms`), so the owner sets one by a reset. */
const noPassword = "!";

export const bareAccount = (email: string): Account => ({
  id: randomUUID(),
  email,
  username: neutralUsername(),
  ...noAttributes,
  passwordHash: noPassword,
});

/** The token lets the SDK's retry of one transaction succeed after a lost response. */
type Invocation = { invocationId: string; idempotencyToken: string; hold?: Hold | undefined };

const registeredAccount = (registration: Registration): Account => {
  const { id, email, username, passwordHash } = registration;
  return { id, email, username, passwordHash, ...attributesOf(registration) };
};

const activatedAccount = (registration: Registration, owner: Owner): Account => {
  const registered = registeredAccount(registration);
  // The password beside an invitation may be a stranger's.
  if (owner.slot === "invite") return { ...registered, passwordHash: noPassword, ...owner.brought };
  return { ...(registration.replaced ? bareAccount(owner.email) : registered), ...owner.brought };
};

/** Decides only what a caller is told. The transaction checks the code again and consumes it. */
const provesCode = (
  registration: Registration,
  { slot = "otp" }: Owner,
  digests: readonly string[],
  now: number,
): boolean => {
  const { [`${slot}Digest` as const]: stored = "", [`${slot}ExpiresAt` as const]: until = 0 } = registration;
  return (
    digests.filter(
      (digest) =>
        digest.length === stored.length && timingSafeEqual(Buffer.from(digest), Buffer.from(stored)),
    ).length > 0 && until > now
  );
};

const stillOne = ({ replaced }: Registration): string[] =>
  replaced ? [] : ["attribute_not_exists(replaced)"];

export const activationStore = (clock: Clock = nowSeconds) => {
  const table = variable("USERS_TABLE");

  const find = async (addressKey: string): Promise<Registration | undefined> =>
    registrationItem.safeParse(await readItem(table, registrationPk(addressKey))).data;

  // `own` is the condition on the registration and its code. A reset code's is in `along`.
  const turn = async (
    { id, addressKey }: Registration,
    account: Account,
    own: { conditions: string[]; values: Record<string, string> },
    { invocationId, idempotencyToken, hold }: Invocation,
    along: TransactionPart[],
  ): Promise<User | "refused" | "username_taken"> => {
    const now = clock();
    const user: User = {
      ...account,
      usernameKey: usernameKey(account.username),
      addressKey,
      status: "active",
      isStaff: false,
      sessionEpoch: 0,
      createdAt: now,
    };
    const absent = "attribute_not_exists(pk)";
    const others: TransactionPart[] = [
      {
        Delete: {
          TableName: table,
          Key: { pk: registrationPk(addressKey) },
          ConditionExpression: ["id = :id AND expiresAt > :now", ...own.conditions].join(" AND "),
          ExpressionAttributeValues: { ":id": id, ":now": now, ...own.values },
        },
      },
      {
        Put: {
          TableName: table,
          Item: newUserItem(user, { actor: person, at: now }),
          ConditionExpression: absent,
        },
      },
      ...(hold === undefined
        ? [takingAddress(addressKey, user.id, invocationId), notHeldForAnother(addressKey, user.id, now)]
        : [takingAsRead(hold, addressKey, user.id, invocationId)]),
      ...along,
    ];
    const naming = takingUsername(user.username, { userId: user.id }, { addressKey, now });
    const { refused } = await transact([...others, ...naming], { token: idempotencyToken });
    if (!refused) return user;
    return refused.slice(0, others.length).some(({ failed }) => failed) ? "refused" : "username_taken";
  };

  const activate = async (
    registration: Registration,
    owner: Owner,
    otpDigests: readonly string[],
    invocationId: string,
    { idempotencyToken = invocationId, hold }: { idempotencyToken?: string; hold?: Hold } = {},
  ): Promise<User | "refused" | "username_taken"> => {
    const invocation = { invocationId, idempotencyToken, hold };
    const again = (one: Registration, brought = owner.brought) =>
      activate(one, { ...owner, brought }, otpDigests, invocationId, { idempotencyToken: randomUUID() });
    const { slot = "otp" } = owner;
    const own = {
      conditions: [
        `${digestIsIn(otpDigests, slot)} AND ${slot}ExpiresAt > :now`,
        ...(slot === "otp" ? stillOne(registration) : []),
      ],
      values: digestValues(otpDigests),
    };
    const account = activatedAccount(registration, owner);
    const outcome = await turn(registration, account, own, invocation, []);
    if (typeof outcome === "object" || !provesCode(registration, owner, otpDigests, clock())) {
      return outcome === "username_taken" ? "refused" : outcome;
    }
    if (outcome === "username_taken") {
      if (owner.brought.username !== undefined) return outcome;
      return again(registration, { ...owner.brought, username: neutralUsername() });
    }
    if (hold !== undefined) return again(registration);
    const current = await find(registration.addressKey);
    // The same code is valid again only if the registration was marked as replaced meanwhile.
    return current?.replaced === true && registration.replaced !== true ? again(current) : "refused";
  };

  /** Keeps only the address. A reset code was sent to the same mailbox, so it proves it too. */
  const activateByReset = async (
    registration: Registration,
    { email, passwordHash }: { email: string; passwordHash: string },
    otpDigests: readonly string[],
    invocationId: string,
    idempotencyToken = invocationId,
  ): Promise<User | "refused"> => {
    const account = { ...bareAccount(email), passwordHash };
    const spending = spendingReset(registration, otpDigests, clock());
    const invocation = { invocationId, idempotencyToken };
    const own = { conditions: stillOne(registration), values: {} };
    const outcome = await turn(registration, account, own, invocation, [spending]);
    if (typeof outcome === "object") return outcome;
    const current = await find(registration.addressKey);
    // The code stays valid if the address was registered again meanwhile.
    return current && (current.id !== registration.id || current.replaced !== registration.replaced)
      ? activateByReset(current, { email, passwordHash }, otpDigests, invocationId, randomUUID())
      : "refused";
  };

  return {
    /** Nothing is judged before the code is right, because what is registered would be revealed. */
    passwordProblems: async (
      password: string | undefined,
      registration: Registration,
      owner: Owner,
      otpDigests: readonly string[],
    ): Promise<string[]> => {
      if (!provesCode(registration, owner, otpDigests, clock())) return [];
      if (password !== undefined) return passwordProblems(password, activatedAccount(registration, owner));
      return owner.slot === "invite" ? ["This field is required."] : [];
    },

    activate,

    activateByReset,
  };
};

export type ActivationStore = ReturnType<typeof activationStore>;
