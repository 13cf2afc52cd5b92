// Tests how many calls to AWS an operation makes one after the other. They are most of its response
// time: each costs a round trip, and only calls that need an earlier result may wait for it. A
// number here may rise only for a call that depends on the one before. The comment above a test
// names the trips in order; calls in one trip run in parallel.
import { beforeAll, describe, expect, it } from "vitest";
import type { OperationName } from "../../shared/contract/contract.ts";
import { call, succeed, type Answer, type Options } from "../support/calls/api.ts";
import { codeTo } from "../support/mail/letters.ts";
import { adminCode, openAdminSession, withCookie } from "../support/people/admin-page-session.ts";
import { createAdministrator } from "../support/people/administrators.ts";
import { sharedStack } from "../support/stacks/test-stack.ts";
import { createTripCounter } from "../support/stacks/trip-counter.ts";
import { newPassword } from "../support/people/credentials.ts";
import { invited } from "../support/people/administrators.ts";
import { loginCode, newPerson, register, resetCode } from "../support/people/people.ts";
import { presetAccount, presetSession } from "../support/presets/presets.ts";

// Tried in this order: on a slow machine, parallel calls lie further apart.
const tripMillisecondsByAttempt = [100, 300, 1_500];

let stack: Awaited<ReturnType<typeof sharedStack>>;
beforeAll(async () => {
  stack = await sharedStack();
  // A cold start would also read secrets.
  const person = await presetSession(stack);
  await call("refreshToken", { refresh: person.refresh });
  await call("verifyToken", { token: person.access });
  await call("getMe", undefined, { token: person.access });
});

/** Makes each call to AWS longer, and returns how many came one after the other. */
const tripsOf = async (
  principal: string,
  tripMilliseconds: number,
  work: () => Promise<Answer>,
  status: number,
): Promise<number> => {
  const stopCounting = createTripCounter(stack)({ principal, delay: tripMilliseconds });
  const answer = await work();
  const trips = stopCounting();
  expect(answer.status, answer.text).toBe(status);
  return trips;
};

// Noise only adds trips, so one attempt within the limit is proof.
const expectTrips = async (
  operation: OperationName,
  most: number,
  status: number,
  prepare: () => Promise<{ body?: unknown } & Options>,
) => {
  const principal = operation.charAt(0).toUpperCase() + operation.slice(1);
  let trips = Infinity;
  for (const tripMilliseconds of tripMillisecondsByAttempt) {
    const { body, ...options } = await prepare();
    const work = () => call(operation, body, options);
    trips = await tripsOf(principal, tripMilliseconds, work, status);
    if (trips <= most) break;
  }
  expect(trips).toBeLessThanOrEqual(most);
};

describe("sequential calls to AWS", () => {
  // Limits; the mailbox's limit, beside the hash; transaction; queue. Callers whom the first limits
  // refuse must not hold the one letter that always may leave for a mailbox.
  it("stay at 4 for createUser", () =>
    expectTrips("createUser", 4, 201, async () => ({ body: newPerson() })));

  // Registration and limits; transaction; limits given back. Giving them back in the transaction
  // would let strangers, who count under the same limits, make it fail.
  it("stay at 3 for activateUser", () =>
    expectTrips("activateUser", 3, 200, async () => {
      const { email } = await register();
      return { body: { email, otp_code: await codeTo(email) } };
    }));

  // Invitation and limits; transaction. Nothing is given back.
  it("stay at 2 for activateUser with an invitation", () =>
    expectTrips("activateUser", 2, 400, async () => ({
      body: { email: (await invited(stack)).email, otp_code: "ABCD-EFGH-IJKL-MNOP" },
    })));

  // Limits and owner of the address; account; the letter's limit; code's request; queue.
  it("stay at 5 for requestOtp", () =>
    expectTrips("requestOtp", 5, 200, async () => {
      const { email, password } = await presetAccount(stack);
      return { body: { email, password } };
    }));

  // Limits and owner of the address; account; letter limits; the mailbox's; code's request; queue.
  it("stay at 6 for requestOtp with a registration", () =>
    expectTrips("requestOtp", 6, 200, async () => {
      const { email, password } = await register();
      return { body: { email, password } };
    }));

  // Limits and owner of the address; code; session.
  it("stay at 3 for createToken", () =>
    expectTrips("createToken", 3, 201, async () => {
      const person = await presetAccount(stack);
      return { body: { email: person.email, otp_code: await loginCode(person, 0) } };
    }));

  // As createToken; continued, as refreshToken.
  it("stay at 3 for openAdminSession, at 1 with its cookie", async () => {
    const administrator = await createAdministrator(stack.folder);
    await expectTrips("openAdminSession", 3, 200, async () => {
      const otp_code = await adminCode(administrator);
      return { body: { email: administrator.email, otp_code } };
    });
    await expectTrips("openAdminSession", 1, 200, async () => ({
      body: {},
      ...withCookie((await openAdminSession(administrator)).token),
    }));
  });

  // confirmEmail: caller; change; transaction.
  // undoEmail: limits and held address; account; transaction; queue.
  it("stay at 3 for confirmEmail and 4 for undoEmail", async () => {
    const asked = async () => {
      const { email, password, access: token } = await presetSession(stack);
      const new_email = newPerson().email;
      await call("setEmail", { new_email, current_password: password }, { token });
      return { email, new_email, token };
    };
    await expectTrips("confirmEmail", 3, 200, async () => {
      const { new_email, token } = await asked();
      return { body: { otp_code: await codeTo(new_email) }, token };
    });
    await expectTrips("undoEmail", 4, 204, async () => {
      const { email } = await asked();
      return { body: { email, otp_code: await codeTo(email) } };
    });
  });

  it("stay at 1 for refreshToken, verifyToken and getMe", async () => {
    await expectTrips("refreshToken", 1, 200, async () => ({
      body: { refresh: (await presetSession(stack)).refresh },
    }));
    await expectTrips("verifyToken", 1, 200, async () => ({
      body: { token: (await presetSession(stack)).access },
    }));
    await expectTrips("getMe", 1, 200, async () => ({ token: (await presetSession(stack)).access }));
  });

  // resetPassword: limits; the mailbox's limit; queue.
  // confirmPasswordReset: limits, owner of the address and code; account; transaction; queue.
  it("stay at 3 for resetPassword and 4 for confirmPasswordReset", async () => {
    await expectTrips("resetPassword", 3, 204, async () => ({ body: { email: newPerson().email } }));
    await expectTrips("confirmPasswordReset", 4, 204, async () => {
      const { email } = await presetAccount(stack);
      return { body: { email, otp_code: await resetCode({ email }, 0), new_password: newPassword() } };
    });
  });

  // setPassword: caller; limits; limits given back; transaction; queue.
  // exportMe: caller; everything else.
  it("stay at 5 for setPassword and 2 for exportMe", async () => {
    await expectTrips("setPassword", 5, 204, async () => {
      const { access, password } = await presetSession(stack);
      return { body: { current_password: password, new_password: newPassword() }, token: access };
    });
    await expectTrips("exportMe", 2, 200, async () => ({ token: (await presetSession(stack)).access }));
  });

  it("stay at 0 for forged tokens [ASVS 9.1.1]", async () => {
    const { access } = await presetSession(stack);
    // A function reads its secrets once in five minutes.
    await succeed("verifyToken", { token: access });
    await succeed("getMe", undefined, { token: access });
    stack.resetCalls();
    await call("verifyToken", { token: `${access.slice(0, -6)}AAAAAA` });
    await call("getMe", undefined, { token: "a.b.c" });
    expect(stack.calls()).not.toHaveProperty("VerifyToken");
    expect(stack.calls()).not.toHaveProperty("GetMe");
  });
});
