import { randomUUID } from "node:crypto";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { codeStore } from "../../../shared/codes/code-store.ts";
import { userPk } from "../../../shared/store/user-items.ts";
import { registrationStore } from "../../../shared/accounts/registration-store.ts";
import { fakeClock } from "../../support/store/fake-clock.ts";
import { activeUser, newRegistration, registeredWithCode } from "../../support/people/stored-people.ts";

const lifetime = 600;

describe("codes", () => {
  it("activates until the last second of the code's life and not after it [ASVS 6.4.1, 6.5.5]", async () => {
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

  it("activates nothing after the registration's own end, though TTL has not deleted it", async () => {
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

  it("gives the username of an expired registration to the next", async () => {
    const clock = fakeClock();
    const registrations = registrationStore(clock.now);
    const first = newRegistration(clock.now());
    await registrations.register(first);
    const second = () => newRegistration(clock.now(), { username: first.username });
    expect(await registrations.register(second())).toBe("username_taken");
    clock.pass(7 * 86_400);
    expect(await registrations.register(second())).toBe("registered");
  });

  it("counts a repeat of the consuming write in the same invocation as the success it was", async () => {
    const clock = fakeClock();
    const codes = codeStore(clock.now);
    const user = await activeUser(clock.now);
    await codes.restartLogin(user.id, user.passwordHash, "r");
    await codes.issue(userPk(user.id), { otpRequestId: "r", otpDigest: "d", otpExpiresAt: clock.now() + 60 });
    expect(await codes.consume(user.id, ["d"], "invocation")).toMatchObject({ id: user.id });
    expect(await codes.consume(user.id, ["d"], "invocation")).toMatchObject({ id: user.id });
    expect(await codes.consume(user.id, ["d"], "another")).toBe("refused");
  });

  it("counts a repeat of the activating transaction in the same invocation as the success it was", async () => {
    const clock = fakeClock();
    const registration = await registeredWithCode(clock.now, "d");
    const activate = (token: string) => registrationStore(clock.now).activate(registration, ["d"], token);
    const invocation = randomUUID();
    expect(await activate(invocation)).toMatchObject({ id: registration.id });
    expect(await activate(invocation)).toMatchObject({ id: registration.id });
    expect(await activate(randomUUID())).toBe("refused");
  });

  it("agrees with a model of the life of a login code, whatever the order of steps", async () => {
    const request = fc.record({ step: fc.constant("request" as const), id: fc.integer({ min: 0, max: 3 }) });
    const issue = fc.record({
      step: fc.constant("issue" as const),
      id: fc.integer({ min: 0, max: 3 }),
      digest: fc.integer({ min: 0, max: 2 }),
    });
    const retire = fc.record({ step: fc.constant("retire" as const), id: fc.integer({ min: 0, max: 3 }) });
    const consume = fc.record({
      step: fc.constant("consume" as const),
      digest: fc.integer({ min: 0, max: 2 }),
    });
    const wait = fc.record({ step: fc.constant("wait" as const), seconds: fc.integer({ min: 1, max: 400 }) });
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.oneof(request, issue, retire, consume, wait), { maxLength: 20 }),
        async (path) => {
          const clock = fakeClock();
          const codes = codeStore(clock.now);
          const user = await activeUser(clock.now);
          const pk = userPk(user.id);
          const model: { requested?: number; digest?: number; expiresAt?: number } = {};
          for (const command of path) {
            switch (command.step) {
              case "request":
                expect(await codes.restartLogin(user.id, user.passwordHash, `r${command.id}`)).toBe(
                  "restarted",
                );
                Object.assign(model, { requested: command.id, digest: undefined });
                break;
              case "issue": {
                const otpExpiresAt = clock.now() + lifetime;
                const issued = await codes.issue(pk, {
                  otpRequestId: `r${command.id}`,
                  otpDigest: `d${command.digest}`,
                  otpExpiresAt,
                });
                expect(issued !== "superseded").toBe(model.requested === command.id);
                if (issued !== "superseded")
                  Object.assign(model, { digest: command.digest, expiresAt: otpExpiresAt });
                break;
              }
              case "retire":
                await codes.retire(pk, `r${command.id}`);
                if (model.requested === command.id) delete model.requested;
                break;
              case "consume": {
                const alive = model.digest === command.digest && (model.expiresAt ?? 0) > clock.now();
                const consumed = await codes.consume(user.id, [`d${command.digest}`], randomUUID());
                expect(consumed !== "refused").toBe(alive);
                if (alive) Object.assign(model, { digest: undefined, requested: undefined });
                break;
              }
              case "wait":
                clock.pass(command.seconds);
            }
          }
        },
      ),
      { numRuns: 40 },
    );
  });

  it("lets one of many parallel consumers of a code win, and none after a newer request [ASVS 6.6.2]", async () => {
    const clock = fakeClock();
    const codes = codeStore(clock.now);
    const user = await activeUser(clock.now);
    const pk = userPk(user.id);
    await codes.restartLogin(user.id, user.passwordHash, "r");
    await codes.issue(pk, { otpRequestId: "r", otpDigest: "d", otpExpiresAt: clock.now() + 60 });
    const results = await Promise.all(
      Array.from({ length: 20 }, () => codes.consume(user.id, ["d"], randomUUID())),
    );
    expect(results.filter((result) => result !== "refused")).toHaveLength(1);
    await codes.restartLogin(user.id, user.passwordHash, "r2");
    await codes.issue(pk, { otpRequestId: "r2", otpDigest: "d2", otpExpiresAt: clock.now() + 60 });
    await codes.restartLogin(user.id, user.passwordHash, "r3");
    expect(await codes.consume(user.id, ["d2"], randomUUID())).toBe("refused");
  });
});
