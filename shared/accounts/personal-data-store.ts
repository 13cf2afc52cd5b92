import * as z from "zod";
import { counted, type Counted } from "../contract/personal-data-schema.ts";
import {
  codeGuess,
  currentPasswordGuess,
  devicesSubject,
  passwordChangesOf,
  usernameChangesOf,
  wrongPassword,
} from "../limits/guess-limits.ts";
import { addressChangesKey, lettersKey, signInItem, signInLetterRules } from "../limits/letter-limits.ts";
import { limitPk, storedCounters, type Rule } from "../limits/counters.ts";
import { deliveryPk, shownDelivery, storedDelivery } from "../delivery/delivery-store.ts";
import { isoTime, nowSeconds, type Clock } from "../platform/clock.ts";
import { environment } from "../platform/environment.ts";
import { addressChangePks, emailChangePk, emailUndoPk, resetPk } from "../store/address-items.ts";
import { batchRead } from "../store/batch.ts";
import type { Item } from "../store/documents.ts";
import { registrationPk, userPk, type User } from "../store/user-items.ts";
import { formerAddressPk } from "./former-address-store.ts";
import { shownAttributes, shownUser } from "./user-fields.ts";

type Counters = { key: string; rules?: readonly Rule[] };

const ofKey = (key: string): Counters => ({ key });
const signInLetters = (subject: string): Counters => ({
  key: signInItem(subject).key,
  rules: signInLetterRules,
});

const countersOf = ({ id, addressKey }: User, mailboxKey: string): Record<Counted, Counters> => ({
  activation_codes_tried: codeGuess("activation", addressKey),
  sign_in_codes_tried: codeGuess("login", addressKey),
  passwords_tried: wrongPassword(addressKey),
  activation_codes_tried_on_known_devices: codeGuess("activation", devicesSubject(addressKey)),
  sign_in_codes_tried_on_known_devices: codeGuess("login", devicesSubject(addressKey)),
  passwords_tried_on_known_devices: wrongPassword(devicesSubject(addressKey)),
  current_password_tried: currentPasswordGuess(id),
  letters_asked_for: ofKey(lettersKey.registration(mailboxKey)),
  reset_letters_asked_for: ofKey(lettersKey.reset(addressKey)),
  registration_reset_letters_asked_for: ofKey(lettersKey.registrationReset(mailboxKey)),
  sign_in_letters_asked_for: signInLetters(addressKey),
  sign_in_letters_asked_for_on_known_devices: signInLetters(devicesSubject(addressKey)),
  address_change_letters_asked_for: ofKey(lettersKey.addressChange(mailboxKey)),
  address_change_letters_asked_for_by_staff: ofKey(lettersKey.staffChange(mailboxKey)),
  invitation_letters_asked_for_by_staff: ofKey(lettersKey.invitation(mailboxKey)),
  address_changes_asked_for: ofKey(addressChangesKey(id)),
  password_changes_asked_for: passwordChangesOf(id),
  username_changes_asked_for: usernameChangesOf(id),
});

const shownCounters = (counts: Counted, rules: readonly Rule[] | undefined, item: Item = {}) =>
  storedCounters(item, rules).map(({ number, windowSeconds, from }) => ({
    counts,
    window_seconds: windowSeconds ?? null,
    from: from === undefined ? null : isoTime(from),
    number,
  }));

/** The fields of short-lived items that are personal data. */
const dated = z.object({
  userId: z.string().optional(),
  email: z.string().default(""),
  createdAt: z.int().default(0),
  expiresAt: z.int().default(0),
  otpExpiresAt: z.int().default(0),
});
type Dated = z.output<typeof dated>;

export const personalDataStore = (clock: Clock = nowSeconds) => {
  const { USERS_TABLE, LIMITS_TABLE } = environment("USERS_TABLE", "LIMITS_TABLE");

  return {
    /** Omits expired items that TTL has not deleted yet. */
    find: async (user: User, mailboxKey: string) => {
      const now = clock();
      const limits = countersOf(user, mailboxKey);
      const limitPks = new Set(counted.map((counts) => limitPk(limits[counts].key)));
      const changePk = emailChangePk(user.id);
      const undoPks = addressChangePks(user, now).filter(
        (pk) => pk !== changePk && pk !== emailUndoPk(user.addressKey),
      );
      const [accountPk, pendingPk, lostPk, undonePk, arrivalPk] = [
        userPk(user.id),
        registrationPk(user.addressKey),
        resetPk(user.addressKey),
        formerAddressPk("undone", user.id),
        deliveryPk(user.addressKey),
      ];
      const ownPks = [accountPk, pendingPk, lostPk, undonePk, arrivalPk, changePk, ...undoPks];
      const { [USERS_TABLE]: items = [], [LIMITS_TABLE]: counters = [] } = await batchRead({
        [USERS_TABLE]: ownPks.map((pk) => ({ pk })),
        [LIMITS_TABLE]: [...limitPks].map((pk) => ({ pk })),
      });
      const stored = (pk: string) => items.find((item) => item["pk"] === pk);
      const at = (pk: string): Dated => {
        const item = dated.parse(stored(pk) ?? {});
        // An earlier address of this person may belong to someone else now.
        return (item.userId ?? user.id) === user.id ? item : dated.parse({});
      };
      const unexpired = (...pks: string[]) => pks.map(at).find(({ expiresAt }) => expiresAt > now);
      const code = (purpose: "sign_in" | "password_reset", { otpExpiresAt }: Dated) =>
        otpExpiresAt > now ? [{ purpose, until: isoTime(otpExpiresAt) }] : [];
      const [change, earlier, undone] = [unexpired(changePk), unexpired(...undoPks), unexpired(undonePk)];
      const registration = unexpired(pendingPk);
      return {
        waiting_codes: [...code("sign_in", at(accountPk)), ...code("password_reset", at(lostPk))],
        address_change: change ? { new_email: change.email, until: isoTime(change.expiresAt) } : null,
        earlier_address: earlier ? { email: earlier.email, until: isoTime(earlier.expiresAt) } : null,
        undone_address: undone?.email ? { email: undone.email, until: isoTime(undone.expiresAt) } : null,
        registration: registration
          ? { created: isoTime(registration.createdAt), until: isoTime(registration.expiresAt) }
          : null,
        delivery: shownDelivery(storedDelivery(stored(arrivalPk), now)),
        counters: counted.flatMap((counts) => {
          const { key, rules } = limits[counts];
          const item = counters.find(({ pk }) => pk === limitPk(key));
          return shownCounters(counts, rules, item);
        }),
      };
    },
  };
};

export type PersonalDataStore = ReturnType<typeof personalDataStore>;

const notHeld = [
  "Your password and codes. Only hashes of them are stored, from which they can't be restored.",
  "Expired sessions, codes and counters. They are no longer read and are deleted within days.",
  "Attempts from networks. They are counted under keyed hashes that are not linked to an account.",
  "Acts of administrators and operators. They are also kept apart for a year, with ids and times only.",
  "The operator's logs, which contain the account's id but no address, and backups of the tables. Ask the operator how long they are kept.",
];

/** Returns the algorithm only, because salt and digest would allow offline guessing. */
const kindOfHash = (passwordHash: string): string => /^\$?([\w-]+)\$/.exec(passwordHash)?.[1] ?? "none";

/** The same for the owner and for an administrator who exports it for them. */
export const personalDataOf = <Stored extends object, Sessions>(
  user: User,
  { stored, sessions, now }: { stored: Stored; sessions: Sessions; now: number },
) => ({
  exported: isoTime(now),
  user: { ...shownUser(user), ...shownAttributes(user) },
  created: isoTime(user.createdAt),
  last_sign_in: user.lastSignInAt === undefined ? null : isoTime(user.lastSignInAt),
  state: user.status,
  is_staff: user.isStaff,
  password: { hash: kindOfHash(user.passwordHash) },
  sessions,
  ...stored,
  not_held: notHeld,
});
