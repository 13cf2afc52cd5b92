// Creates registrations and accounts through the stores, without the API.
import { randomUUID } from "node:crypto";
import { noAttributes } from "../../../shared/attributes/stored-attributes.ts";
import type { Clock } from "../../../shared/platform/clock.ts";
import { codeStore } from "../../../shared/codes/code-store.ts";
import { registrationPk, userPk, type Registration, type User } from "../../../shared/store/user-items.ts";
import type { Hold } from "../../../shared/store/held-addresses.ts";
import { usernameKey } from "../../../shared/identity/username.ts";
import { listAttributes } from "../../../shared/store/list-indexes.ts";
import { activationStore } from "../../../shared/accounts/activation-store.ts";
import { registrationStore } from "../../../shared/accounts/registration-store.ts";

const daySeconds = 86_400;

export const newRegistration = (now: number, changes: Partial<Registration> = {}): Registration => ({
  id: randomUUID(),
  username: `user-${randomUUID()}`,
  email: "a@example.com",
  addressKey: `key-${randomUUID()}`,
  ...noAttributes,
  passwordHash: "hash",
  otpRequestId: randomUUID(),
  createdAt: now,
  expiresAt: now + 7 * daySeconds,
  ...changes,
});

/** A registration with a valid code. `digest` is the digest of the code. */
export const registeredWithCode = async (
  clock: Clock,
  digest: string,
  lifetimeSeconds = 600,
  changes: Partial<Registration> = {},
) => {
  const registration = newRegistration(clock(), changes);
  await registrationStore(clock).register(registration, undefined);
  await codeStore(clock).issue(registrationPk(registration.addressKey), {
    otpRequestId: registration.otpRequestId ?? "",
    otpDigest: digest,
    otpExpiresAt: clock() + lifetimeSeconds,
  });
  return registration;
};

/** Activates without sending a password or names along. */
export const activateWith = (
  clock: Clock,
  registration: Registration,
  digest: string,
  { token = randomUUID(), hold }: { token?: string; hold?: Hold } = {},
) =>
  activationStore(clock).activate(
    registration,
    { email: registration.email, brought: {} },
    [digest],
    token,
    hold ? { hold } : {},
  );

export const activeUser = async (clock: Clock): Promise<User> => {
  const registration = await registeredWithCode(clock, "digest");
  const user = await activateWith(clock, registration, "digest");
  if (typeof user === "string") throw new Error("not activated");
  return user;
};

export type Kind = "active" | "disabled" | "pending" | "expired" | "staff";

/** A person's item as the stores write it. */
export const listedPerson = (
  kind: Kind,
  { now, ...changes }: { now: number; createdAt: number; email: string; username?: string },
) => {
  const { expiresAt, otpRequestId: _, ...registration } = newRegistration(now, changes);
  const keys = { usernameKey: usernameKey(registration.username) };
  if (kind === "pending" || kind === "expired") {
    const item = { ...registration, ...keys, expiresAt: kind === "expired" ? now : expiresAt };
    return { pk: registrationPk(item.addressKey), ...item, ...listAttributes(item, "pending") };
  }
  const status = kind === "disabled" ? ("disabled" as const) : ("active" as const);
  const user = { ...registration, ...keys, status, isStaff: kind === "staff", sessionEpoch: 0 };
  return { pk: userPk(user.id), ...user, ...listAttributes(user, status) };
};
