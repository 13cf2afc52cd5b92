// Makes a registration an account. A stranger may have registered the same address too, so nothing
// of a registration that was replaced stays.
import { randomUUID, timingSafeEqual } from "node:crypto";
import { digestIsIn, digestValues } from "../codes/code-conditions.ts";
import { attributesOf, noAttributes, type StoredAttributes } from "../identity/stored-attributes.ts";
import { neutralUsername, usernameKey } from "../identity/username.ts";
import { passwordProblems } from "../passwords/password-rules.ts";
import { spendingReset } from "../passwords/password-reset-store.ts";
import { nowSeconds, type Clock } from "../platform/clock.ts";
import { variable } from "../platform/environment.ts";
import { takingAddress } from "../store/address-pointers.ts";
import { readItem, transact, type TransactionPart } from "../store/dynamo.ts";
import { notHeldForAnother, takingAsRead, type Hold } from "../store/held-addresses.ts";
import { listAttributes } from "../store/list-indexes.ts";
import {
  registrationItem,
  registrationPk,
  userPk,
  type Registration,
  type User,
} from "../store/user-items.ts";
import { takingUsername } from "../store/username-items.ts";

type Chosen = Pick<User, "username" | "passwordHash"> & StoredAttributes;
type Account = Chosen & Pick<User, "id" | "email">;
/** The person who activates: the address as they spell it, and what they have sent along. */
type Owner = { email: string; brought: Partial<Chosen> };

/** Matches no password (see `hash-forms`), so the owner sets one by a reset. */
const noPassword = "!";

const bareAccount = (email: string): Account => ({
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

const activatedAccount = (registration: Registration, { email, brought }: Owner): Account => ({
  ...(registration.replaced ? bareAccount(email) : registeredAccount(registration)),
  ...brought,
});

/** Decides only what a caller is told. The transaction checks the code again and consumes it. */
const provesCode = (
  { otpDigest = "", otpExpiresAt = 0 }: Registration,
  digests: readonly string[],
  now: number,
): boolean =>
  digests.filter(
    (digest) =>
      digest.length === otpDigest.length && timingSafeEqual(Buffer.from(digest), Buffer.from(otpDigest)),
  ).length > 0 && otpExpiresAt > now;

export const activationStore = (clock: Clock = nowSeconds) => {
  const table = variable("USERS_TABLE");

  const find = async (addressKey: string): Promise<Registration | undefined> =>
    registrationItem.safeParse(await readItem(table, registrationPk(addressKey))).data;

  // `own` is the condition on the activation code. With a reset code, `along` has the condition.
  const turn = async (
    { id, addressKey, replaced }: Registration,
    account: Account,
    own: { condition: string; values: Record<string, string> } | undefined,
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
    const conditions = [
      "id = :id AND expiresAt > :now",
      ...(replaced ? [] : ["attribute_not_exists(replaced)"]),
      ...(own ? [own.condition] : []),
    ];
    const others: TransactionPart[] = [
      {
        Delete: {
          TableName: table,
          Key: { pk: registrationPk(addressKey) },
          ConditionExpression: conditions.join(" AND "),
          ExpressionAttributeValues: { ":id": id, ":now": now, ...own?.values },
        },
      },
      {
        Put: {
          TableName: table,
          Item: { pk: userPk(user.id), ...user, ...listAttributes(user, "active") },
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
    const own = {
      condition: `${digestIsIn(otpDigests)} AND otpExpiresAt > :now`,
      values: digestValues(otpDigests),
    };
    const account = activatedAccount(registration, owner);
    const outcome = await turn(registration, account, own, invocation, []);
    if (typeof outcome === "object" || !provesCode(registration, otpDigests, clock())) {
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
    const outcome = await turn(registration, account, undefined, invocation, [spending]);
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
    ): Promise<string[]> =>
      password !== undefined && provesCode(registration, otpDigests, clock())
        ? passwordProblems(password, activatedAccount(registration, owner))
        : [],

    activate,

    activateByReset,
  };
};

export type ActivationStore = ReturnType<typeof activationStore>;
