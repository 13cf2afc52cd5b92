import { randomUUID } from "node:crypto";
import { describe, expect, it } from "vitest";
import { codeStore } from "../../../shared/codes/code-store.ts";
import { registrationStore } from "../../../shared/accounts/registration-store.ts";
import { newRegistration, registeredWithCode } from "../../support/people/stored-people.ts";
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
      const user = await registrationStore(clock.now).activate(registration, ["d"], randomUUID());
      expect(user === "refused" ? user : user.status).toBe(expected);
    }
  });

  it("isn't activated after its own expiry, before TTL deletes it", async () => {
    const clock = fakeClock();
    const registration = await registeredWithCode(clock.now, "d", 30 * 86_400);
    clock.pass(8 * 86_400);
    const registrations = registrationStore(clock.now);
    expect(await registrations.find(registration.addressKey)).toBeUndefined();
    expect(await registrations.activate(registration, ["d"], randomUUID())).toBe("refused");
    expect(await codeStore(clock.now).restartActivation(registration.addressKey, "hash", "r")).toBe(
      "refused",
    );
  });

  it("releases its username when it expires", async () => {
    const clock = fakeClock();
    const registrations = registrationStore(clock.now);
    const first = newRegistration(clock.now());
    await registrations.register(first);
    const second = () => newRegistration(clock.now(), { username: first.username });
    expect(await registrations.register(second())).toBe("username_taken");
    clock.pass(7 * 86_400);
    expect(await registrations.register(second())).toBe("registered");
  });

  it("is activated again if the same invocation repeats it", async () => {
    const clock = fakeClock();
    const registration = await registeredWithCode(clock.now, "d");
    const activate = (token: string) => registrationStore(clock.now).activate(registration, ["d"], token);
    const invocation = randomUUID();
    expect(await activate(invocation)).toMatchObject({ id: registration.id });
    expect(await activate(invocation)).toMatchObject({ id: registration.id });
    expect(await activate(randomUUID())).toBe("refused");
  });
});
