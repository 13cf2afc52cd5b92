import { randomUUID } from "node:crypto";
import { describe, expect, it } from "vitest";
import { codeStore } from "../../../shared/codes/code-store.ts";
import { registrationStore } from "../../../shared/accounts/registration-store.ts";
import { activateWith, newRegistration, registeredWithCode } from "../../support/people/stored-people.ts";
import { fakeClock } from "../../support/store/fake-clock.ts";

const lifetime = 600;

describe("registration", () => {
  it("is activated by its code for ten minutes [ASVS 6.4.1, 6.5.5]", async () => {
    for (const [age, expected] of [
      [lifetime - 1, "active"],
      [lifetime, "refused"],
    ] as const) {
      const clock = fakeClock();
      const registration = await registeredWithCode(clock.now, "d", lifetime);
      clock.pass(age);
      const user = await activateWith(clock.now, registration, "d");
      expect(typeof user === "string" ? user : user.status).toBe(expected);
    }
  });

  it("isn't activated after its own expiry, before TTL deletes it", async () => {
    const clock = fakeClock();
    const registration = await registeredWithCode(clock.now, "d", 30 * 86_400);
    clock.pass(8 * 86_400);
    const registrations = registrationStore(clock.now);
    expect(await registrations.find(registration.addressKey)).toBeUndefined();
    expect(await activateWith(clock.now, registration, "d")).toBe("refused");
    expect(await codeStore(clock.now).restartActivation(registration.addressKey, "hash", "r")).toBe(
      "refused",
    );
  });

  it("reserves its username for an hour, also if removed or replaced", async () => {
    const clock = fakeClock();
    const registrations = registrationStore(clock.now);
    const another = (username: string) =>
      registrations.register(newRegistration(clock.now(), { username }), undefined);
    const [kept, removed] = [newRegistration(clock.now()), newRegistration(clock.now())];
    for (const one of [kept, removed]) await registrations.register(one, undefined);
    await registrations.remove(removed);
    const renamed = newRegistration(clock.now(), { addressKey: kept.addressKey });
    expect(await registrations.register(renamed, kept)).toBe("registered");
    clock.pass(3599);
    for (const { username } of [kept, removed]) expect(await another(username)).toBe("username_taken");
    clock.pass(1);
    for (const { username } of [kept, removed]) expect(await another(username)).toBe("registered");
  });

  it("in another language is still the same, and the newest language counts", async () => {
    const clock = fakeClock();
    const registrations = registrationStore(clock.now);
    const first = newRegistration(clock.now(), { locale: "de" });
    await registrations.register(first, undefined);
    for (const locale of ["fr", undefined, "ar"] as const) {
      const again = { ...first, id: randomUUID(), otpRequestId: randomUUID(), locale };
      await registrations.register(again, await registrations.find(first.addressKey));
      const waiting = await registrations.find(first.addressKey);
      expect([waiting?.id, waiting?.locale, waiting?.replaced]).toEqual([again.id, locale, undefined]);
    }
  });

  it("without a letter changes no language of the waiting one", async () => {
    const clock = fakeClock();
    const registrations = registrationStore(clock.now);
    const first = await registeredWithCode(clock.now, "d", lifetime, { locale: "de" });
    const { otpRequestId: _, ...silent } = { ...first, id: randomUUID(), locale: "fr" as const };
    await registrations.register(silent, first);
    expect(await activateWith(clock.now, first, "d")).toMatchObject({ id: first.id, locale: "de" });
  });

  it("is activated again if the same invocation repeats it", async () => {
    const clock = fakeClock();
    const registration = await registeredWithCode(clock.now, "d");
    const activate = (token: string) => activateWith(clock.now, registration, "d", { token });
    const invocation = randomUUID();
    expect(await activate(invocation)).toMatchObject({ id: registration.id });
    expect(await activate(invocation)).toMatchObject({ id: registration.id });
    expect(await activate(randomUUID())).toBe("refused");
  });
});
