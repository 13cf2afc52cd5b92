import { randomUUID } from "node:crypto";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { activationStore } from "../../../shared/accounts/activation-store.ts";
import { registrationStore } from "../../../shared/accounts/registration-store.ts";
import { userStore } from "../../../shared/accounts/user-store.ts";
import { codeStore } from "../../../shared/codes/code-store.ts";
import type { Clock } from "../../../shared/platform/clock.ts";
import { registrationPk, type Registration } from "../../../shared/store/user-items.ts";
import { activateWith, newRegistration, registeredWithCode } from "../../support/people/stored-people.ts";
import { fakeClock } from "../../support/store/fake-clock.ts";
import { runs } from "../../support/store/property-runs.ts";

const neutral = /^user_[0-9a-f]{12}$/;
const hour = 3600;

/** What the mailer does for the newest request of the address, if there is one. */
const deliver = async (clock: Clock, { addressKey, otpRequestId }: Registration, digest: string) => {
  if (otpRequestId === undefined) return false;
  const code = { otpRequestId, otpDigest: digest, otpExpiresAt: clock() + 600 };
  return (await codeStore(clock).issue(registrationPk(addressKey), code)) !== "superseded";
};

const found = async (clock: Clock, addressKey: string): Promise<Registration> => {
  const registration = await registrationStore(clock).find(addressKey);
  if (!registration) throw new Error("no registration");
  return registration;
};

describe("activation", () => {
  it("gets a neutral username if the registered one is taken since", async () => {
    const clock = fakeClock();
    const registration = await registeredWithCode(clock.now, "d", 2 * hour);
    clock.pass(hour);
    const { username } = registration;
    const thief = newRegistration(clock.now(), { username });
    expect(await registrationStore(clock.now).register(thief, undefined)).toBe("registered");
    const user = await activateWith(clock.now, await found(clock.now, registration.addressKey), "d");
    expect(user).toMatchObject({ id: registration.id, username: expect.stringMatching(neutral) });
  });

  it("keeps the code if the username that it brings is taken", async () => {
    const clock = fakeClock();
    const [one, other] = [await registeredWithCode(clock.now, "d"), await registeredWithCode(clock.now, "e")];
    const registration = await found(clock.now, one.addressKey);
    const activate = (brought: { username?: string }) =>
      activationStore(clock.now).activate(registration, { email: one.email, brought }, ["d"], randomUUID());
    expect(await activate({ username: other.username.toUpperCase() })).toBe("username_taken");
    expect(await activate({})).toMatchObject({ username: one.username });
  });

  it("carries nothing if a registration replaces it meanwhile", async () => {
    const clock = fakeClock();
    const registrations = registrationStore(clock.now);
    const first = await registeredWithCode(clock.now, "d");
    const read = await found(clock.now, first.addressKey);
    // Beyond the limit of the mailbox, the code stays, and only the mark is new.
    const { otpRequestId: _, ...silent } = newRegistration(clock.now(), { addressKey: first.addressKey });
    await registrations.register(silent, read);
    expect(await found(clock.now, first.addressKey)).toMatchObject({ id: first.id, replaced: true });
    const user = await activateWith(clock.now, read, "d");
    expect(user).toMatchObject({ passwordHash: "!", username: expect.stringMatching(neutral) });
    expect(user).not.toMatchObject({ id: first.id });
  });

  it("succeeds once if registrations race it", async () => {
    for (let races = 0; races < 5; races += 1) {
      const clock = fakeClock();
      const registrations = registrationStore(clock.now);
      const first = await registeredWithCode(clock.now, "d");
      const read = await found(clock.now, first.addressKey);
      const stranger = () => newRegistration(clock.now(), { addressKey: first.addressKey });
      const [user, ...registered] = await Promise.all([
        activateWith(clock.now, read, "d"),
        ...[1, 2, 3].map(async () => registrations.register(stranger(), read)),
      ]);
      expect(registered).toEqual(["registered", "registered", "registered"]);
      if (typeof user === "string") expect(user).toBe("refused");
      else expect([first.passwordHash, "!"]).toContain(user.passwordHash);
      const waiting = await registrations.find(first.addressKey);
      if (typeof user === "string") expect(waiting?.replaced).toBe(true);
    }
  });

  it("carries only what its owner has registered or brought, in any order", async () => {
    const step = fc.oneof(
      fc.record({ who: fc.constantFrom("owner", "stranger"), letter: fc.boolean() }),
      fc.integer({ min: 1, max: 2000 }),
    );
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 8 }), fc.boolean(), async (path, brings) => {
        const clock = fakeClock();
        const registrations = registrationStore(clock.now);
        const addressKey = randomUUID();
        const owner = {
          username: `o-${randomUUID()}`,
          firstName: "Ada",
          passwordHash: "owner",
          locale: "de" as const,
        };
        let code: { digest: string; until: number } | undefined;
        let strangers = 0;
        for (const one of path) {
          if (typeof one === "number") {
            clock.pass(one);
            continue;
          }
          if (one.who === "stranger") strangers += 1;
          const theirs = {
            username: `s-${randomUUID()}`,
            firstName: "Mallory",
            passwordHash: `s${strangers}`,
            locale: "ar" as const,
          };
          const data = one.who === "owner" ? owner : theirs;
          const alive = code !== undefined && code.until > clock.now();
          // Without a letter only while a code is valid, as the limits have it.
          const otpRequestId = one.letter || !alive ? randomUUID() : undefined;
          const { otpRequestId: _, ...registration } = newRegistration(clock.now(), { addressKey, ...data });
          const asked = { ...registration, ...(otpRequestId !== undefined && { otpRequestId }) };
          await registrations.register(asked, await registrations.find(addressKey));
          const digest = randomUUID();
          if (await deliver(clock.now, asked, digest)) code = { digest, until: clock.now() + 600 };
        }
        if (code === undefined || code.until <= clock.now()) return;
        const registration = await found(clock.now, addressKey);
        const user = await activationStore(clock.now).activate(
          registration,
          { email: "a@example.com", brought: brings ? owner : {} },
          [code.digest],
          randomUUID(),
        );
        if (typeof user === "string") throw new Error(`the owner is stuck: ${user}`);
        expect(await userStore(clock.now).find(user.id)).toMatchObject({ addressKey, status: "active" });
        const mixed = strangers > 0 && path.some((one) => typeof one === "object" && one.who === "owner");
        if (brings) expect(user).toMatchObject(owner);
        else if (mixed || strangers > 1)
          expect({ locale: undefined, ...user }).toMatchObject({
            firstName: "",
            passwordHash: "!",
            locale: undefined,
            username: expect.stringMatching(neutral),
          });
        else if (strangers === 0) expect(user).toMatchObject(owner);
      }),
      { numRuns: runs(40) },
    );
  });
});
