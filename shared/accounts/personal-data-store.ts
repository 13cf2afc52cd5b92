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
import { addressChangesKey, lettersKey } from "../limits/letter-limits.ts";
import { limitPk, storedCounters } from "../limits/counters.ts";
import { isoTime, nowSeconds, type Clock } from "../platform/clock.ts";
import { environment } from "../platform/environment.ts";
import { addressChangePks, emailChangePk, emailUndoPk, resetPk } from "../store/address-items.ts";
import { batchRead } from "../store/batch.ts";
import type { Item } from "../store/documents.ts";
import { registrationPk, userPk, type User } from "../store/user-items.ts";
import { formerAddressPk } from "./former-address-store.ts";

const keysOf = ({ id, addressKey }: User, mailboxKey: string): Record<Counted, string> => ({
  activation_codes_tried: codeGuess("activation", addressKey).key,
  sign_in_codes_tried: codeGuess("login", addressKey).key,
  passwords_tried: wrongPassword(addressKey).key,
  activation_codes_tried_on_known_devices: codeGuess("activation", devicesSubject(addressKey)).key,
  sign_in_codes_tried_on_known_devices: codeGuess("login", devicesSubject(addressKey)).key,
  passwords_tried_on_known_devices: wrongPassword(devicesSubject(addressKey)).key,
  current_password_tried: currentPasswordGuess(id).key,
  letters_asked_for: lettersKey.registration(mailboxKey),
  reset_letters_asked_for: lettersKey.reset(addressKey),
  registration_reset_letters_asked_for: lettersKey.registrationReset(mailboxKey),
  sign_in_letters_asked_for: lettersKey.signIn(addressKey),
  sign_in_letters_asked_for_on_known_devices: lettersKey.signIn(devicesSubject(addressKey)),
  address_change_letters_asked_for: lettersKey.addressChange(mailboxKey),
  address_change_letters_asked_for_by_staff: lettersKey.staffChange(mailboxKey),
  address_changes_asked_for: addressChangesKey(id),
  password_changes_asked_for: passwordChangesOf(id).key,
  username_changes_asked_for: usernameChangesOf(id).key,
});

const shownCounters = (counts: Counted, item: Item = {}) =>
  storedCounters(item).map(({ number, windowSeconds, from }) => ({
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
      const keys = keysOf(user, mailboxKey);
      const changePk = emailChangePk(user.id);
      const undoPks = addressChangePks(user, now).filter(
        (pk) => pk !== changePk && pk !== emailUndoPk(user.addressKey),
      );
      const [accountPk, pendingPk, lostPk, undonePk] = [
        userPk(user.id),
        registrationPk(user.addressKey),
        resetPk(user.addressKey),
        formerAddressPk("undone", user.id),
      ];
      const { [USERS_TABLE]: items = [], [LIMITS_TABLE]: counters = [] } = await batchRead({
        [USERS_TABLE]: [accountPk, pendingPk, lostPk, undonePk, changePk, ...undoPks].map((pk) => ({ pk })),
        [LIMITS_TABLE]: Object.values(keys).map((key) => ({ pk: limitPk(key) })),
      });
      const at = (pk: string): Dated => {
        const item = dated.parse(items.find((item) => item["pk"] === pk) ?? {});
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
        counters: counted.flatMap((counts) =>
          shownCounters(
            counts,
            counters.find(({ pk }) => pk === limitPk(keys[counts])),
          ),
        ),
      };
    },
  };
};

export type PersonalDataStore = ReturnType<typeof personalDataStore>;
