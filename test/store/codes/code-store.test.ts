import { randomUUID } from "node:crypto";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { codeStore } from "../../../shared/codes/code-store.ts";
import { userPk } from "../../../shared/store/user-items.ts";
import { fakeClock } from "../../support/store/fake-clock.ts";
import { activeUser } from "../../support/people/stored-people.ts";
import { runs } from "../../support/store/property-runs.ts";

const lifetime = 600;

describe("login code", () => {
  it("is consumed once, except for repeats of the same invocation", async () => {
    const clock = fakeClock();
    const codes = codeStore(clock.now);
    const user = await activeUser(clock.now);
    await codes.restartLogin(user.id, user.passwordHash, "r");
    await codes.issue(userPk(user.id), { otpRequestId: "r", otpDigest: "d", otpExpiresAt: clock.now() + 60 });
    expect(await codes.consume(user.id, ["d"], "invocation")).toMatchObject({ id: user.id });
    expect(await codes.consume(user.id, ["d"], "invocation")).toMatchObject({ id: user.id });
    expect(await codes.consume(user.id, ["d"], "another")).toBe("refused");
  });

  it("agrees with a model for any order of steps", async () => {
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
                const valid = model.digest === command.digest && (model.expiresAt ?? 0) > clock.now();
                const consumed = await codes.consume(user.id, [`d${command.digest}`], randomUUID());
                expect(consumed !== "refused").toBe(valid);
                if (valid) Object.assign(model, { digest: undefined, requested: undefined });
                break;
              }
              case "wait":
                clock.pass(command.seconds);
            }
          }
        },
      ),
      { numRuns: runs(40) },
    );
  });

  it("is consumed once in parallel, and not after a newer request [ASVS 6.6.2]", async () => {
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
