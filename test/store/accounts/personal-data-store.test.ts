import { randomUUID } from "node:crypto";
import { PutCommand } from "@aws-sdk/lib-dynamodb";
import { describe, expect, it } from "vitest";
import { emailChangePk, emailUndoPk, resetPk } from "../../../shared/store/address-items.ts";
import { isoTime } from "../../../shared/platform/clock.ts";
import { documents } from "../../support/store/documents.ts";
import { environment } from "../../../shared/platform/environment.ts";
import { formerAddressPk } from "../../../shared/accounts/former-address-store.ts";
import { limitStore } from "../../../shared/limits/limit-store.ts";
import { personalDataStore } from "../../../shared/accounts/personal-data-store.ts";
import { fakeClock } from "../../support/store/fake-clock.ts";
import { activeUser } from "../../support/people/stored-people.ts";
import { codeGuess, devicesSubject, wrongPassword } from "../../../shared/limits/guess-limits.ts";
import { lettersKey } from "../../../shared/limits/letter-limits.ts";

const put = (item: Record<string, unknown>) =>
  documents().send(new PutCommand({ TableName: environment("USERS_TABLE").USERS_TABLE, Item: item }));

const mailboxKey = `mailbox-${randomUUID()}`;

describe("personal data", () => {
  it("has unexpired items, but nothing of an address's new owner", async () => {
    const clock = fakeClock();
    const person = await activeUser(clock.now);
    const user = { ...person, undoAddressKey: `earlier-${person.id}`, undoUntil: clock.now() + 1000 };
    const until = clock.now() + 600;
    const find = () => personalDataStore(clock.now).find(user, mailboxKey);
    const change = { userId: user.id, email: "new@example.com", expiresAt: until };
    const undo = { userId: user.id, email: "earlier@example.com", expiresAt: until };
    await put({ pk: emailChangePk(user.id), ...change });
    await put({ pk: emailUndoPk(user.undoAddressKey), ...undo });
    await put({ pk: formerAddressPk("undone", user.id), email: "undone@example.com", expiresAt: until });
    await put({ pk: resetPk(user.addressKey), userId: user.id, otpExpiresAt: until, expiresAt: until });
    expect(await find()).toEqual({
      waiting_codes: [{ purpose: "password_reset", until: isoTime(until) }],
      address_change: { new_email: "new@example.com", until: isoTime(until) },
      earlier_address: { email: "earlier@example.com", until: isoTime(until) },
      undone_address: { email: "undone@example.com", until: isoTime(until) },
      registration: null,
      counters: [],
      delivery: { state: "fine", reason: null, at: null },
    });
    await put({ pk: emailUndoPk(user.undoAddressKey), ...undo, userId: "another user" });
    await put({ pk: formerAddressPk("undone", user.id), expiresAt: until });
    expect(await find()).toMatchObject({ earlier_address: null, undone_address: null });
    clock.pass(600);
    expect(await find()).toMatchObject({ waiting_codes: [], address_change: null, earlier_address: null });
  });

  it("includes counters of attempts, per window and consecutive ones", async () => {
    const clock = fakeClock();
    const user = await activeUser(clock.now);
    const limits = limitStore(clock.now);
    const guess = codeGuess("login", user.addressKey);
    for (let tries = 0; tries < 3; tries += 1) await limits.spend(guess);
    const devices = devicesSubject(user.addressKey);
    const hourly = { rules: [{ maximum: 5, windowSeconds: 3600 }], refusal: "too_many_letters" } as const;
    const { registration, registrationReset, signIn } = lettersKey;
    for (const key of [registration(mailboxKey), registrationReset(mailboxKey), signIn(devices)])
      await limits.spend({ ...hourly, key });
    await limits.spend(wrongPassword(devices));
    const { counters } = await personalDataStore(clock.now).find(user, mailboxKey);
    const from = (windowSeconds: number) => isoTime(clock.now() - (clock.now() % windowSeconds));
    const codes = { counts: "sign_in_codes_tried", number: 3 };
    expect(counters).toHaveLength(8);
    expect(counters).toEqual(
      expect.arrayContaining([
        { ...codes, window_seconds: 300, from: from(300) },
        { ...codes, window_seconds: 86_400, from: from(86_400) },
        { ...codes, window_seconds: null, from: null },
        {
          counts: "passwords_tried_on_known_devices",
          number: 1,
          window_seconds: 600,
          from: from(600),
        },
        ...[
          "letters_asked_for",
          "registration_reset_letters_asked_for",
          "sign_in_letters_asked_for_on_known_devices",
        ].map((counts) => ({ counts, number: 1, window_seconds: 3600, from: from(3600) })),
      ]),
    );
  });
});
