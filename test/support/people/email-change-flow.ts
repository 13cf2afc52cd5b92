// Changes of address directly in the stores: the steps of the handlers and the mailer, with code
// digests that the test chooses.
import { randomUUID } from "node:crypto";
import { GetCommand } from "@aws-sdk/lib-dynamodb";
import { addressChangeStore } from "../../../shared/accounts/address-change-store.ts";
import { emailChangePk, emailUndoPk } from "../../../shared/store/address-items.ts";
import { addressUndoStore } from "../../../shared/accounts/address-undo-store.ts";
import type { Clock } from "../../../shared/platform/clock.ts";
import { codeStore } from "../../../shared/codes/code-store.ts";
import { operator } from "../../../shared/events/actor.ts";
import { documents } from "../store/documents.ts";
import { registrationPk, type Registration, type User } from "../../../shared/store/user-items.ts";
import { registrationStore } from "../../../shared/accounts/registration-store.ts";
import { userStore } from "../../../shared/accounts/user-store.ts";
import { fakeClock } from "../store/fake-clock.ts";
import { activateWith, activeUser, newRegistration } from "./stored-people.ts";

export const codeLifetime = 600;
export type Address = { email: string; addressKey: string };

export const newAddress = (): Address => ({ email: "new@example.com", addressKey: `key-${randomUUID()}` });

export const isStored = async (pk: string): Promise<boolean> => {
  const { Item } = await documents().send(
    new GetCommand({ TableName: process.env["USERS_TABLE"], Key: { pk }, ConsistentRead: true }),
  );
  return Item !== undefined;
};

export const emailChangeSteps = (clock: Clock, userId: string) => {
  const [changes, undoing, codes, users] = [
    addressChangeStore(clock),
    addressUndoStore(clock),
    codeStore(clock),
    userStore(clock),
  ];
  const currentUser = async (): Promise<User> => {
    const user = await users.find(userId);
    if (!user) throw new Error("no user");
    return user;
  };
  return {
    currentUser,
    ask: async (to: Address, digest: string) => {
      const [user, otpRequestId] = [await currentUser(), randomUUID()];
      await changes.start(user, { ...to, otpRequestId, byStaff: false });
      const code = { otpRequestId, otpDigest: digest, otpExpiresAt: clock() + codeLifetime };
      await codes.issue(emailUndoPk(user.addressKey), code);
      await codes.issue(emailChangePk(userId), code);
    },
    confirm: async (digest: string, token: string = randomUUID()) => {
      const change = await changes.find(userId);
      return change ? changes.confirm(await currentUser(), change, [digest], token) : "refused";
    },
    undo: async (addressKey: string, digest: string, token: string = randomUUID()) => {
      const earlier = { email: "old@example.com", addressKey };
      return undoing.undo(await currentUser(), earlier, [digest], token);
    },
    remove: async () => users.remove(await currentUser(), operator),
  };
};

/** A new account with its clock and the steps of an email change. */
export const emailChangeFlow = async (clock = fakeClock()) => {
  const user = await activeUser(clock.now);
  return { clock, user, ...emailChangeSteps(clock.now, user.id) };
};

/** Another person registers with an address and gets a code there. */
export const registeredAt = async (clock: Clock, addressKey: string): Promise<Registration> => {
  const registration = newRegistration(clock(), { addressKey });
  const registrations = registrationStore(clock);
  await registrations.register(registration, await registrations.find(addressKey));
  await codeStore(clock).issue(registrationPk(addressKey), {
    otpRequestId: registration.otpRequestId ?? "",
    otpDigest: "newcomer",
    otpExpiresAt: clock() + codeLifetime,
  });
  return (await registrations.find(addressKey)) ?? registration;
};

export const activateAt = async (clock: Clock, addressKey: string) =>
  activateWith(clock, await registeredAt(clock, addressKey), "newcomer");

/** As the endpoint does it, which reads before whether the address is held. */
export const activateAsReadAt = async (clock: Clock, addressKey: string) => {
  await registeredAt(clock, addressKey);
  const { registration, hold } = await registrationStore(clock).findWithHold(addressKey);
  if (!registration) throw new Error("no registration");
  return activateWith(clock, registration, "newcomer", { hold });
};
