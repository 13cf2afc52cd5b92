// Pins what an operation costs: its calls to AWS, and the units that DynamoDB bills for them. A
// number may rise only for a write that buys something. The comments say what each buys.
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import type { OperationName } from "../../shared/contract/contract.ts";
import { call, type Options } from "../support/calls/api.ts";
import { newPassword } from "../support/people/credentials.ts";
import { codeTo } from "../support/mail/letters.ts";
import { adminCode, opened, withCookie } from "../support/people/admin-page-session.ts";
import { createAdministrator } from "../support/people/administrators.ts";
import { allLettersSent } from "../support/mail/mail-queue.ts";
import { activated, loginCode, newPerson, register, resetCode } from "../support/people/people.ts";
import { presetSession } from "../support/presets/presets.ts";
import { functionCalls } from "../support/stacks/function-calls.ts";
import { sharedStack } from "../support/stacks/test-stack.ts";

let stack: Awaited<ReturnType<typeof sharedStack>>;
beforeAll(async () => {
  stack = await sharedStack();
  stack.countUnits(true);
});
afterAll(() => stack.countUnits(false));
beforeEach(({ skip }) => skip(stack.engine !== "dynoxide", "DynamoDB Local counts transactions otherwise"));

type Costs = { calls: number; write: number; read: number };

const costsOf = async (operation: OperationName, body: unknown, options: Options = {}, status = 200) => {
  await allLettersSent(stack);
  stack.resetCalls();
  const answer = await call(operation, body, options);
  expect(answer.status, answer.text).toBe(status);
  await allLettersSent(stack);
  const principal = operation.charAt(0).toUpperCase() + operation.slice(1);
  const units = stack.units();
  const costs = (name: string, counted: Record<string, number> = {}): Costs => {
    const all = Object.values(units[name] ?? {});
    return {
      calls: Object.values(counted).reduce((sum, times) => sum + times, 0),
      write: all.reduce((sum, { write }) => sum + write, 0),
      read: all.reduce((sum, { read }) => sum + read, 0),
    };
  };
  return {
    answer,
    costs: costs(principal, functionCalls(stack)[principal]),
    mailer: costs("Mailer"),
  };
};

describe("registration and activation", () => {
  // createUser: counters of the network, of all and of the mailbox; username; id; registration with
  // three indexes. Then the queue.
  // activateUser: counters of the address and the network; in the transaction, double: registration
  // and account with three indexes each, pointer, username; the success.
  it("write 9 and 17 units", async () => {
    const person = newPerson();
    const created = await costsOf("createUser", person, {}, 201);
    expect(created.costs).toEqual({ calls: 8, write: 9, read: 1 });
    // The code, the letters to the domain, those to all, and that it was sent.
    expect(created.mailer.write).toBe(4);
    const body = { email: person.email, otp_code: await codeTo(person.email) };
    expect((await costsOf("activateUser", body)).costs).toEqual({ calls: 5, write: 17, read: 2 });
  });

  it("write 7 units if the username is taken", async () => {
    const { username } = await register();
    const { costs } = await costsOf("createUser", newPerson({ username }), {}, 400);
    // Three counters, username, id; then the mailbox's and the total's attempts are given back.
    expect(costs).toEqual({ calls: 8, write: 7, read: 1 });
  });
});

describe("sign-in", () => {
  // requestOtp: counters of passwords and the network; letter in place of the password; request.
  // The mailer: the code, the letters to all, and that it was sent.
  // createToken: counters of codes and the network; code; session; the success.
  it("writes 11 units from a new device", async () => {
    const { email, password } = await activated();
    const asked = await costsOf("requestOtp", { email, password });
    expect(asked.costs).toEqual({ calls: 7, write: 4, read: 3 });
    expect(asked.mailer.write).toBe(3);
    const otp_code = await codeTo(email, 2);
    const { costs } = await costsOf("createToken", { email, otp_code }, {}, 201);
    expect(costs).toEqual({ calls: 6, write: 5, read: 1 });
  });

  // Without the counters of the network.
  it("writes 9 units from a known device", async () => {
    const person = await register();
    const { email, password } = person;
    const { headers } = await call("activateUser", { email, otp_code: await codeTo(email) });
    const device = { headers: { "x-device-token": headers.get("x-device-token") ?? "" } };
    const asked = await costsOf("requestOtp", { email, password }, device);
    expect(asked.costs).toEqual({ calls: 7, write: 3, read: 4 });
    expect(asked.mailer.write).toBe(3);
    const otp_code = await codeTo(email, 2);
    const { costs } = await costsOf("createToken", { email, otp_code }, device, 201);
    expect(costs).toEqual({ calls: 6, write: 4, read: 2 });
  });

  it("costs the same for known and unknown addresses if refused", async () => {
    const [known, waiting, unknown] = [await activated(), await register(), newPerson()];
    for (const { email } of [known, waiting, unknown]) {
      const wrong = { email, password: "Not-The-Password-1" };
      const asked = await costsOf("requestOtp", wrong, {}, 401);
      expect(asked.costs).toEqual({ calls: 4, write: 2, read: 3 });
      const body = { email, otp_code: "000000" };
      expect((await costsOf("createToken", body, {}, 401)).costs).toEqual({ calls: 4, write: 3, read: 1 });
      const activation = await costsOf("activateUser", body, {}, 400);
      expect(activation.costs).toEqual({ calls: 4, write: 10, read: 2 });
    }
  });
});

// As createToken and refreshToken.
it("the admin page's session writes 5 units, and 1 when continued", async () => {
  const administrator = await createAdministrator(stack.folder);
  const body = { email: administrator.email, otp_code: await adminCode(administrator) };
  const opening = await costsOf("openAdminSession", body);
  expect(opening.costs).toEqual({ calls: 6, write: 5, read: 1 });
  const cookie = withCookie(opened(opening.answer).token);
  expect((await costsOf("openAdminSession", {}, cookie)).costs).toEqual({ calls: 2, write: 1, read: 1 });
  expect((await costsOf("endAdminSession", undefined, cookie, 204)).costs).toEqual({
    calls: 1,
    write: 1,
    read: 0,
  });
});

describe("signed-in person", () => {
  it("writes 1 unit to refresh or to change a name", async () => {
    const { access: token, refresh } = await presetSession(stack);
    expect((await costsOf("getMe", undefined, { token })).costs).toEqual({ calls: 1, write: 0, read: 2 });
    const renamed = await costsOf("updateMe", { first_name: "Ada" }, { token });
    expect(renamed.costs).toEqual({ calls: 2, write: 1, read: 2 });
    expect((await costsOf("refreshToken", { refresh })).costs).toEqual({ calls: 2, write: 1, read: 1 });
  });

  // Guess and its return; change counted; account, session, reset, change of address and devices,
  // double; three letters allowed.
  it("writes 16 units to change the password", async () => {
    const { access: token, password } = await presetSession(stack);
    const body = { current_password: password, new_password: newPassword() };
    const { costs } = await costsOf("setPassword", body, { token }, 204);
    expect(costs).toEqual({ calls: 9, write: 16, read: 2 });
  });
});

// Network; reset, account, change of address and devices, double; letters of resets; rows of the
// address; counters of its devices.
it("a reset writes 14 units", async () => {
  const person = await activated();
  await loginCode(person);
  const body = { email: person.email, otp_code: await resetCode(person, 2), new_password: newPassword() };
  const { costs } = await costsOf("confirmPasswordReset", body, {}, 204);
  expect(costs).toEqual({ calls: 11 + 1, write: 14, read: 4 });
});
