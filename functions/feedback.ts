import { addressLookup, type AddressLookup } from "../shared/accounts/address-lookup.ts";
import { registrationStore, type RegistrationStore } from "../shared/accounts/registration-store.ts";
import { userStore, type UserStore } from "../shared/accounts/user-store.ts";
import { bounceCharges, type BounceCharges } from "../shared/delivery/bounce-charges.ts";
import { deliveryStore, type DeliveryStore } from "../shared/delivery/delivery-store.ts";
import { feedbackMessage, timesOf, type FeedbackMessage } from "../shared/delivery/feedback-message.ts";
import { verdictOf } from "../shared/delivery/feedback-verdict.ts";
import { isUnproven, mayBeOfNoAccount } from "../shared/delivery/letter-kinds.ts";
import { pseudonyms, type Pseudonyms } from "../shared/identity/pseudonyms.ts";
import { parkedReports } from "../shared/mail/mail-queue.ts";
import { parkingLater } from "../shared/queues/later-messages.ts";
import { queueConsumer, type Received } from "../shared/platform/queue-consumer.ts";
import { recordSecurityEvent } from "../shared/platform/security-log.ts";
import type { Registration } from "../shared/store/user-items.ts";

type Deps = {
  addresses: AddressLookup;
  users: Pick<UserStore, "find">;
  registrations: Pick<RegistrationStore, "remove">;
  deliveries: Pick<DeliveryStore, "note">;
  charges: BounceCharges;
  pseudonyms: Pick<Pseudonyms, "ofDomain">;
  recordSecurityEvent: typeof recordSecurityEvent;
};

const domainOf = async (
  accountId: string | undefined,
  registration: Registration | undefined,
  deps: Deps,
): Promise<string | undefined> => {
  if (registration?.domainKey !== undefined) return registration.domainKey;
  const person = accountId === undefined ? registration : await deps.users.find(accountId);
  return person && deps.pseudonyms.ofDomain(person.email);
};

const removeRegistration = async (registration: Registration, deps: Deps): Promise<void> => {
  if ((await deps.registrations.remove(registration)) !== "removed") return;
  deps.recordSecurityEvent("user_deleted", { userId: registration.id });
};

export const learnFromFeedback = async (message: FeedbackMessage, deps: Deps, received: Received) => {
  const verdict = verdictOf(message);
  if (!verdict) return "ignored";
  const { recipient, kind } = message;
  const times = timesOf(message, received);
  const { accountId, registration: waiting } = await deps.addresses.findByAddress(recipient);
  if (accountId === undefined && !waiting && !mayBeOfNoAccount(kind)) return "ignored";
  // A later one has nothing to do with this letter.
  const registration = waiting && waiting.createdAt * 1000 <= times.sentAtMilliseconds ? waiting : undefined;

  const { state, reason, missing, charged } = verdict;
  const domainKey = await domainOf(accountId, waiting, deps);
  const inStorm = missing && (await deps.charges.isStorm(domainKey));
  const event = { state, reason, ...times, stops: missing && !inStorm, domainKey };
  const noted = await deps.deliveries.note(recipient, event);
  if (missing && accountId !== undefined && (noted === "stopped" || (inStorm && noted === "noted")))
    await deps.charges.countMissing(domainKey, accountId);
  const missingMailbox = missing ? recipient : undefined;
  const charge = { networkKey: registration?.networkKey, domainKey, missingMailbox };
  if (charged && noted !== "known" && isUnproven(kind, registration !== undefined))
    await deps.charges.chargeUnproven(charge);
  // Also if an account has the address: whether the registration stays must not tell.
  if (missing && !inStorm && registration) await removeRegistration(registration, deps);
  return noted;
};

const buildDeps = (): Deps => ({
  addresses: addressLookup(),
  users: userStore(),
  registrations: registrationStore(),
  deliveries: deliveryStore(),
  charges: bounceCharges(),
  pseudonyms,
  recordSecurityEvent,
});

export const handler = await queueConsumer(
  ...parkingLater(feedbackMessage, learnFromFeedback, parkedReports()),
  buildDeps,
);
