import { randomUUID } from "node:crypto";
import { TransactionCanceledException } from "@aws-sdk/client-dynamodb";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { operator } from "../../../shared/events/actor.ts";
import { resetPk } from "../../../shared/store/address-items.ts";
import { codeStore } from "../../../shared/codes/code-store.ts";
import { interceptCalls } from "../../support/store/intercepted-calls.ts";
import { passwordResetStore } from "../../../shared/passwords/password-reset-store.ts";
import { passwordStore } from "../../../shared/passwords/password-store.ts";
import { activationStore } from "../../../shared/accounts/activation-store.ts";
import { registrationStore } from "../../../shared/accounts/registration-store.ts";
import { userStore } from "../../../shared/accounts/user-store.ts";
import { passwordResetFlow, resetCodeLifetime } from "../../support/people/password-reset-flow.ts";
import { activeUser, newRegistration, registeredWithCode } from "../../support/people/stored-people.ts";
import { fakeClock } from "../../support/store/fake-clock.ts";
import { runs } from "../../support/store/property-runs.ts";

describe("password reset code", () => {
  it("survives a write conflict, because the retry is identical", async () => {
    const { user, clock, send } = await passwordResetFlow();
    await send("r", "d");
    const sent: unknown[] = [];
    const restore = interceptCalls(({ input }, send) => {
      sent.push(input);
      if (sent.length > 1) return send();
      clock.pass(1);
      const CancellationReasons = [{ Code: "TransactionConflict" }];
      const error = { $metadata: {}, message: "cancelled", CancellationReasons };
      return Promise.reject(new TransactionCanceledException(error));
    });
    const outcome = await passwordStore(clock.now).reset(user, "new", ["d"], randomUUID()).finally(restore);
    expect(outcome).toBe("reset");
    expect(sent[1]).toEqual(sent[0]);
  });

  it("is valid for ten minutes [ASVS 6.5.5]", async () => {
    for (const [age, expected] of [
      [resetCodeLifetime - 1, "reset"],
      [resetCodeLifetime, "refused"],
    ] as const) {
      const { clock, user, resets, send, reset } = await passwordResetFlow();
      await send("r", "d");
      clock.pass(age);
      const owner = await resets.findOwner(user.addressKey, ["x", "d"]);
      expect(owner?.id).toBe(expected === "reset" ? user.id : undefined);
      expect(await reset("d")).toBe(expected);
    }
  });

  it("doesn't reveal the account to a wrong code", async () => {
    const { user, resets, send } = await passwordResetFlow();
    await send("r", "d");
    expect(await resets.findOwner(user.addressKey, ["x", "y"])).toBeUndefined();
    expect((await resets.findOwner(user.addressKey, ["x", "d"]))?.id).toBe(user.id);
  });

  it("sets the password, ends all sessions and invalidates the sign-in code", async () => {
    const { clock, user, send, reset, storedUser } = await passwordResetFlow();
    const codes = codeStore(clock.now);
    await codes.restartLogin(user.id, user.passwordHash, "login");
    await codes.issue(`user#${user.id}`, {
      otpRequestId: "login",
      otpDigest: "login",
      otpExpiresAt: clock.now() + 60,
    });
    await send("r", "d");
    expect(await reset("d")).toBe("reset");
    expect(await storedUser()).toMatchObject({
      passwordHash: "new",
      sessionEpoch: user.sessionEpoch + 1,
    });
    expect(await codes.consume(user.id, ["login"], randomUUID())).toBe("refused");
  });

  it("is accepted once, except for repeats of the same invocation", async () => {
    const { send, reset } = await passwordResetFlow();
    await send("r", "d");
    const invocation = randomUUID();
    expect(await reset("d", invocation)).toBe("reset");
    expect(await reset("d", invocation)).toBe("reset");
    expect(await reset("d")).toBe("refused");
    await send("r2", "d2");
    const results = await Promise.all(Array.from({ length: 12 }, () => reset("d2")));
    expect(results.filter((result) => result === "reset")).toHaveLength(1);
  });

  it("is valid only for the account that it was made for", async () => {
    const { clock, user, send, reset, resets } = await passwordResetFlow();
    await send("r", "d");
    const other = await activeUser(clock.now);
    const successor = { id: other.id, addressKey: user.addressKey };
    expect(await resets.findOwner(other.addressKey, ["d"])).toBeUndefined();
    expect((await resets.findOwner(user.addressKey, ["d"]))?.id).toBe(user.id);
    expect(await reset("d", randomUUID(), successor)).toBe("refused");
    expect(await reset("d")).toBe("reset");
  });

  it("activates a registration once, also a replaced one, until it expires", async () => {
    const begun = async () => {
      const clock = fakeClock();
      const registration = await registeredWithCode(clock.now, "own");
      const [resets, registrations] = [passwordResetStore(clock.now), registrationStore(clock.now)];
      const owner = { email: "Owner@example.com", passwordHash: "new" };
      await resets.begin(registration, "r");
      await codeStore(clock.now).issue(resetPk(registration.addressKey), {
        otpRequestId: "r",
        otpDigest: "d",
        otpExpiresAt: clock.now() + resetCodeLifetime,
      });
      const activate = () =>
        activationStore(clock.now).activateByReset(registration, owner, ["d"], randomUUID());
      const found = () => resets.findOwner(registration.addressKey, ["d"]);
      return { clock, registration, registrations, activate, found };
    };
    const first = await begun();
    expect((await first.found())?.id).toBe(first.registration.id);
    const results = await Promise.all(Array.from({ length: 6 }, first.activate));
    const [user, ...others] = results.filter((result) => result !== "refused");
    expect(others).toEqual([]);
    expect(await userStore().find(user?.id ?? "")).toMatchObject({
      passwordHash: "new",
      status: "active",
      email: "Owner@example.com",
      username: expect.stringMatching(/^user_[0-9a-f]{12}$/),
    });
    expect(user?.id).not.toBe(first.registration.id);
    const second = await begun();
    const { addressKey } = second.registration;
    const another = newRegistration(second.clock.now(), { addressKey });
    await second.registrations.register(another, await second.registrations.find(addressKey));
    expect((await second.found())?.id).toBe(another.id);
    // As if the address had been registered again while the first registration was activated.
    expect(await second.activate()).toMatchObject({ addressKey, passwordHash: "new", firstName: "" });
    expect(await second.activate()).toBe("refused");
    const third = await begun();
    third.clock.pass(resetCodeLifetime);
    expect(await third.activate()).toBe("refused");
  });

  it("becomes invalid when the account is deleted", async () => {
    const { user, send, reset } = await passwordResetFlow();
    await send("r", "d");
    expect(await userStore().remove(user, operator)).toBe("removed");
    expect(await reset("d")).toBe("refused");
  });

  it("agrees with a model for any order of steps", async () => {
    const index = fc.integer({ min: 0, max: 2 });
    const steps = fc.oneof(
      fc.record({ step: fc.constant("send" as const), index, sent: fc.boolean() }),
      fc.record({ step: fc.constant("reset" as const), index }),
      fc.record({ step: fc.constant("wait" as const), seconds: fc.integer({ min: 1, max: 400 }) }),
    );
    await fc.assert(
      fc.asyncProperty(fc.array(steps, { maxLength: 15 }), async (path) => {
        const { clock, user, send, reset, storedUser } = await passwordResetFlow();
        const model: { last?: number; done?: boolean; digest?: string; expiresAt?: number } = {};
        let [epoch, made] = [user.sessionEpoch, 0];
        const digests = new Map<number, string>();
        for (const command of path) {
          switch (command.step) {
            case "send": {
              made += 1;
              const digest = `d${made}`;
              const outcome = await send(`r${command.index}`, digest, command.sent);
              const known = model.last === command.index && model.done;
              expect(outcome === "superseded").toBe(known === true);
              if (known) break;
              digests.set(command.index, digest);
              const expiresAt = clock.now() + resetCodeLifetime;
              Object.assign(model, { last: command.index, done: command.sent, digest, expiresAt });
              break;
            }
            case "reset": {
              const digest = digests.get(command.index) ?? "never";
              const right = model.digest === digest && (model.expiresAt ?? 0) > clock.now();
              expect(await reset(digest)).toBe(right ? "reset" : "refused");
              if (right) {
                epoch += 1;
                for (const name of ["last", "done", "digest"] as const) delete model[name];
              }
              expect((await storedUser()).sessionEpoch).toBe(epoch);
              break;
            }
            case "wait":
              clock.pass(command.seconds);
          }
        }
      }),
      { numRuns: runs(15) },
    );
  });
});
