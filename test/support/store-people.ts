/** Registrations and accounts put straight into the store. */
import { randomUUID } from "node:crypto";
import type { Clock } from "../../shared/clock.ts";
import { codeStore } from "../../shared/code-store.ts";
import { registrationPk, type Registration, type User } from "../../shared/items.ts";
import { registrationStore } from "../../shared/registrations.ts";

const daySeconds = 86_400;

export const newRegistration = (now: number, changes: Partial<Registration> = {}): Registration => ({
  id: randomUUID(),
  username: `user-${randomUUID()}`,
  email: "a@example.com",
  addressKey: `key-${randomUUID()}`,
  firstName: "",
  lastName: "",
  passwordHash: "hash",
  otpRequestId: randomUUID(),
  expiresAt: now + 7 * daySeconds,
  ...changes,
});

/** A registration with a living code of digest `digest`. */
export const registeredWithCode = async (clock: Clock, digest: string, lifetimeSeconds = 600) => {
  const registration = newRegistration(clock());
  await registrationStore(clock).register(registration);
  await codeStore(clock).issue(registrationPk(registration.addressKey), {
    otpRequestId: registration.otpRequestId ?? "",
    otpDigest: digest,
    otpExpiresAt: clock() + lifetimeSeconds,
  });
  return registration;
};

export const activeUser = async (clock: Clock): Promise<User> => {
  const registration = await registeredWithCode(clock, "digest");
  const user = await registrationStore(clock).activate(registration, ["digest"], randomUUID());
  if (user === "refused") throw new Error("not activated");
  return user;
};
