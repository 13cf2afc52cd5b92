import { randomUUID } from "node:crypto";
import { TransactionCanceledException } from "@aws-sdk/client-dynamodb";
import { TransactWriteCommand } from "@aws-sdk/lib-dynamodb";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { resetPk } from "../../../shared/store/address-items.ts";
import { codeStore } from "../../../shared/codes/code-store.ts";
import { dynamo } from "../../../shared/store/dynamo.ts";
import { formerAddressStore, rememberFormerAddress } from "../../../shared/accounts/former-address-store.ts";
import type { User } from "../../../shared/store/user-items.ts";
import { passwordResetStore } from "../../../shared/passwords/password-reset-store.ts";
import { passwordStore } from "../../../shared/passwords/password-store.ts";
import { registrationStore } from "../../../shared/accounts/registration-store.ts";
import { sessionStore } from "../../../shared/sessions/session-store.ts";
import { userStore } from "../../../shared/accounts/user-store.ts";
import { fakeClock } from "../../support/store/fake-clock.ts";
import { activeUser, newRegistration, registeredWithCode } from "../../support/people/stored-people.ts";

const lifetime = 600;

const started = async () => {
  const clock = fakeClock();
  const user = await activeUser(clock.now);
  const [codes, resets, passwords] = [
    codeStore(clock.now),
    passwordResetStore(clock.now),
    passwordStore(clock.now),
  ];
  const pk = resetPk(user.addressKey);
  return {
    clock,
    user,
    resets,
    passwords,
    /** What the mailer does with an order; `sent` says whether it got to the end. */
    send: async (request: string, digest: string, sent = true) => {
      if ((await resets.begin(user, request)) === "superseded") return "superseded";
      const otpExpiresAt = clock.now() + lifetime;
      const issued = await codes.issue(pk, { otpRequestId: request, otpDigest: digest, otpExpiresAt });
      if (sent) await codes.retire(pk, request);
      return issued;
    },
    reset: (digest: string, invocation: string = randomUUID(), to: Pick<User, "id" | "addressKey"> = user) =>
      passwords.reset(to, "new", [digest], invocation),
  };
};

const storedUser = async (user: User) => (await userStore().find(user.id))!;

describe("codes of lost passwords", () => {
  it("are spent by the same write, word for word, when another one met it: its token takes no other", async () => {
    const { user, clock, send } = await started();
    await send("r", "d");
    const sent: unknown[] = [];
    dynamo().middlewareStack.add(
      (next) => (call) => {
        sent.push(call.input);
        if (sent.length > 1) return next(call);
        clock.pass(1);
        const CancellationReasons = [{ Code: "TransactionConflict" }];
        const error = { $metadata: {}, message: "cancelled", CancellationReasons };
        return Promise.reject(new TransactionCanceledException(error));
      },
      { step: "initialize", name: "conflict" },
    );
    const outcome = await passwordStore(clock.now)
      .reset(user, "new", ["d"], randomUUID())
      .finally(() => dynamo().middlewareStack.remove("conflict"));
    expect(outcome).toBe("reset");
    expect(sent[1]).toEqual(sent[0]);
  });

  it("work until the last second of their life and not after it [ASVS 6.5.5]", async () => {
    for (const [age, expected] of [
      [lifetime - 1, "reset"],
      [lifetime, "refused"],
    ] as const) {
      const { clock, user, resets, send, reset } = await started();
      await send("r", "d");
      clock.pass(age);
      const owner = await resets.findOwner(user.addressKey, ["x", "d"]);
      expect(owner?.id).toBe(expected === "reset" ? user.id : undefined);
      expect(await reset("d")).toBe(expected);
    }
  });

  it("tell whose they are to nobody who has another", async () => {
    const { user, resets, send } = await started();
    await send("r", "d");
    expect(await resets.findOwner(user.addressKey, ["x", "y"])).toBeUndefined();
    expect((await resets.findOwner(user.addressKey, ["x", "d"]))?.id).toBe(user.id);
  });

  it("set the password, end every session and kill a waiting sign-in code in one write", async () => {
    const { clock, user, send, reset } = await started();
    const codes = codeStore(clock.now);
    await codes.restartLogin(user.id, user.passwordHash, "login");
    await codes.issue(`user#${user.id}`, {
      otpRequestId: "login",
      otpDigest: "login",
      otpExpiresAt: clock.now() + 60,
    });
    await send("r", "d");
    expect(await reset("d")).toBe("reset");
    expect(await storedUser(user)).toMatchObject({
      passwordHash: "new",
      sessionEpoch: user.sessionEpoch + 1,
    });
    expect(await codes.consume(user.id, ["login"], randomUUID())).toBe("refused");
  });

  it("count a repeat in the same invocation as the success it was, and let one of many win", async () => {
    const { send, reset } = await started();
    await send("r", "d");
    const invocation = randomUUID();
    expect(await reset("d", invocation)).toBe("reset");
    expect(await reset("d", invocation)).toBe("reset");
    expect(await reset("d")).toBe("refused");
    await send("r2", "d2");
    const results = await Promise.all(Array.from({ length: 12 }, () => reset("d2")));
    expect(results.filter((result) => result === "reset")).toHaveLength(1);
  });

  it("are good for the account that they were made for, and for no other", async () => {
    const { clock, user, send, reset, resets } = await started();
    await send("r", "d");
    const other = await activeUser(clock.now);
    const heir = { id: other.id, addressKey: user.addressKey };
    expect(await resets.findOwner(other.addressKey, ["d"])).toBeUndefined();
    expect((await resets.findOwner(user.addressKey, ["d"]))?.id).toBe(user.id);
    expect(await reset("d", randomUUID(), heir)).toBe("refused");
    expect(await reset("d")).toBe("reset");
  });

  it("turn a registration into an account once, until it is replaced by another or its end", async () => {
    const begun = async () => {
      const clock = fakeClock();
      const registration = await registeredWithCode(clock.now, "own");
      const [resets, registrations] = [passwordResetStore(clock.now), registrationStore(clock.now)];
      await resets.begin(registration, "r");
      await codeStore(clock.now).issue(resetPk(registration.addressKey), {
        otpRequestId: "r",
        otpDigest: "d",
        otpExpiresAt: clock.now() + lifetime,
      });
      const activate = () =>
        registrations.activateByReset({ ...registration, passwordHash: "new" }, ["d"], randomUUID());
      const owner = () => resets.findOwner(registration.addressKey, ["d"]);
      return { clock, registration, registrations, activate, owner };
    };
    const first = await begun();
    expect((await first.owner())?.id).toBe(first.registration.id);
    const results = await Promise.all(Array.from({ length: 6 }, first.activate));
    expect(results.filter((result) => result !== "refused")).toHaveLength(1);
    expect(await userStore().find(first.registration.id)).toMatchObject({
      passwordHash: "new",
      status: "active",
    });
    const second = await begun();
    const { addressKey } = second.registration;
    await second.registrations.register(newRegistration(second.clock.now(), { addressKey }));
    expect(await second.owner()).toBeUndefined();
    expect(await second.activate()).toBe("refused");
    const third = await begun();
    third.clock.pass(lifetime);
    expect(await third.activate()).toBe("refused");
  });

  it("die with their account", async () => {
    const { user, send, reset } = await started();
    await send("r", "d");
    expect(await userStore().remove(user)).toBe("removed");
    expect(await reset("d")).toBe("refused");
  });

  it("agree with a model, whatever the order of steps", async () => {
    const index = fc.integer({ min: 0, max: 2 });
    const steps = fc.oneof(
      fc.record({ step: fc.constant("send" as const), index, sent: fc.boolean() }),
      fc.record({ step: fc.constant("reset" as const), index }),
      fc.record({ step: fc.constant("wait" as const), seconds: fc.integer({ min: 1, max: 400 }) }),
    );
    await fc.assert(
      fc.asyncProperty(fc.array(steps, { maxLength: 15 }), async (path) => {
        const { clock, user, send, reset } = await started();
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
              const expiresAt = clock.now() + lifetime;
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
              expect((await storedUser(user)).sessionEpoch).toBe(epoch);
              break;
            }
            case "wait":
              clock.pass(command.seconds);
          }
        }
      }),
      { numRuns: 15 },
    );
  });
});

describe("changing a password", () => {
  const withSession = async () => {
    const { user, passwords, send, reset, clock } = await started();
    const session = await sessionStore(clock.now).create(user.id, user.sessionEpoch, "Unknown device");
    const change = (hash: string, invocation: string = randomUUID()) =>
      passwords.change(user, session, hash, invocation);
    return { user, session, change, send, reset, sessions: sessionStore(clock.now) };
  };

  it("happens once of many at a time, and its session moves on to the new epoch", async () => {
    const { user, session, change, sessions } = await withSession();
    const results = await Promise.all(Array.from({ length: 8 }, (_, index) => change(`hash${index}`)));
    expect(results.filter((result) => result === "changed")).toHaveLength(1);
    expect(results.filter((result) => result === "password_replaced")).toHaveLength(7);
    const { passwordHash, sessionEpoch } = await storedUser(user);
    expect(passwordHash).toBe(`hash${results.indexOf("changed")}`);
    expect(sessionEpoch).toBe(user.sessionEpoch + 1);
    expect(await sessions.list(user.id)).toEqual([{ ...session, sessionEpoch }]);
  });

  it("counts a repeat in the same invocation as the success it was", async () => {
    const { change } = await withSession();
    const invocation = randomUUID();
    expect(await change("new", invocation)).toBe("changed");
    expect(await change("new", invocation)).toBe("changed");
  });

  it("is refused to a session that has ended meanwhile, and to an account that is gone", async () => {
    const first = await withSession();
    await first.sessions.end(first.user.id, first.session.sessionId);
    expect(await first.change("new")).toBe("session_ended");
    const second = await withSession();
    await userStore().remove(second.user);
    expect(await second.change("new")).toBe("gone");
  });

  it("kills the code of a lost password, and a reset wins over a change that began before it", async () => {
    const first = await withSession();
    await first.send("r", "d");
    expect(await first.change("changed")).toBe("changed");
    expect(await first.reset("d")).toBe("refused");
    const second = await withSession();
    await second.send("r", "d");
    expect(await second.reset("d")).toBe("reset");
    expect(await second.change("changed")).toBe("password_replaced");
  });
});

describe("the address of somebody who is gone", () => {
  it("is kept for one letter, and for a day at most", async () => {
    const clock = fakeClock();
    const user = await activeUser(clock.now);
    const formerAddresses = formerAddressStore(clock.now);
    const keep = () =>
      dynamo().send(
        new TransactWriteCommand({ TransactItems: [rememberFormerAddress("deleted", user, clock.now())] }),
      );
    expect(await formerAddresses.find("deleted", user.id)).toBeUndefined();
    await keep();
    expect(await formerAddresses.find("deleted", user.id)).toBe(user.email);
    await formerAddresses.forget("deleted", user.id);
    expect(await formerAddresses.find("deleted", user.id)).toBeUndefined();
    await keep();
    clock.pass(86_400);
    expect(await formerAddresses.find("deleted", user.id)).toBeUndefined();
    await formerAddresses.forget("deleted", randomUUID());
  });
});
