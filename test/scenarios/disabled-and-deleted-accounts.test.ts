import { afterEach, beforeAll, describe, expect, it } from "vitest";
import { call, succeed } from "../support/calls/api.ts";
import { administer } from "../support/people/administrators.ts";
import { disableAccount } from "../support/people/disable-account.ts";
import { eventually } from "../support/assert/eventually.ts";
import { expectRefused } from "../support/assert/refusals.ts";
import { deliverOrder } from "../support/mail/deliver-order.ts";
import { allLettersSent } from "../support/mail/mail-queue.ts";
import { codeIn, letterTo, lettersTo } from "../support/mail/letters.ts";
import { sharedStack } from "../support/stacks/test-stack.ts";
import { newPassword } from "../support/people/credentials.ts";
import { loginCode, newPerson, register, resetCode, signedIn } from "../support/people/people.ts";
import { presetAccount, presetSession } from "../support/presets/presets.ts";
import { itemsOf } from "../support/store/table-items.ts";

let stack: Awaited<ReturnType<typeof sharedStack>>;
beforeAll(async () => {
  stack = await sharedStack();
});
afterEach(() => stack.faults.clear());

describe("disabled account", () => {
  // A later version of the code may know more states.
  it.each(["disabled", "suspended"])(
    "if %s, can't use code, password or tokens [ASVS 7.4.2]",
    async (state) => {
      const person = await presetSession(stack);
      const otp_code = await loginCode(person, 0);
      await disableAccount(stack, person.id, state);
      expectRefused(await call("createToken", { email: person.email, otp_code }), "sign_in_refused");
      expectRefused(
        await call("requestOtp", { email: person.email, password: person.password }),
        "no_active_account",
      );
      expectRefused(await call("getMe", undefined, { token: person.access }), "user_inactive");
      for (const token of [person.access, person.refresh])
        expectRefused(await call("verifyToken", { token }), "token_not_valid");
      expectRefused(await call("refreshToken", { refresh: person.refresh }), "token_not_valid");
    },
  );

  it("can't return by registering its address again", async () => {
    const person = await presetAccount(stack);
    await disableAccount(stack, person.id);
    const again = await register(newPerson({ email: person.email }));
    const { Subject } = await letterTo(person.email);
    expect(Subject).toContain("already have an account");
    await succeed("requestOtp", { email: again.email, password: again.password });
    expect((await letterTo(person.email, 2)).Subject).toContain("already have an account");
  });

  it("keeps a state of a later version, which staff see as deactivated", async () => {
    const [person, root] = [await presetAccount(stack), await presetSession(stack, { isStaff: true })];
    await disableAccount(stack, person.id, "suspended");
    const shown = await administer(root, "getUser", { id: person.id });
    expect(shown.body).toMatchObject({ state: "disabled", is_active: false });
    const change = (body: object) => administer(root, "updateUser", { id: person.id, body });
    expectRefused(await change({ is_active: true }), "account_frozen");
    expectRefused(await change({ first_name: "Ada" }), "account_frozen");
    const users = await itemsOf(stack, "UsersTable");
    const stored = users.find(({ pk }) => pk === `user#${person.id}`);
    expect(stored).toMatchObject({ status: "suspended", firstName: "", version: 1 });
    const { password: current_password } = root;
    await administer(root, "deleteUser", { id: person.id, body: { current_password } });
    expectRefused(await administer(root, "getUser", { id: person.id }), "not_found");
  });

  it("gets no reset letter and no new password", async () => {
    const person = await presetAccount(stack);
    const otp_code = await resetCode(person, 0);
    const users = await itemsOf(stack, "UsersTable");
    const addressKey = users.find(({ pk }) => pk === `user#${person.id}`)?.["addressKey"];
    await disableAccount(stack, person.id);
    const body = { email: person.email, otp_code, new_password: newPassword() };
    expectRefused(await call("confirmPasswordReset", body), "code_refused");
    await deliverOrder(stack, { kind: "password_reset", addressKey, otpRequestId: "another" });
    expect(await lettersTo(person.email)).toHaveLength(1);
  });
});

describe("deleted account", () => {
  it("leaves only counters and gets no letter after the last", async () => {
    const person = await signedIn();
    await resetCode(person, 2);
    const { email, id, password } = person;
    const users = await itemsOf(stack, "UsersTable");
    const addressKey = users.find(({ pk }) => pk === `user#${id}`)?.["addressKey"];
    await register(newPerson({ email }));
    await letterTo(email, 4);
    await allLettersSent(stack);

    const slow = stack.faults.add({
      principal: "Mailer",
      operation: "UpdateItem",
      delayMilliseconds: 60_000,
    });
    await succeed("requestOtp", { email, password });
    await eventually("the letter on its way", () => (slow.struck() === 1 ? true : undefined));
    await succeed("deleteMe", { current_password: password }, { token: person.access });

    const goodbye = await letterTo(email, 5);
    expect(goodbye.Subject).toContain("your account was deleted");
    slow.remove();
    await allLettersSent(stack);
    expect(await lettersTo(email)).toHaveLength(5);
    const ofThem = (text: string) => [id, email, addressKey].some((mark) => text.includes(String(mark)));
    const left = async (table: Parameters<typeof itemsOf>[1]) =>
      (await itemsOf(stack, table)).filter((item) => ofThem(JSON.stringify(item)));
    // The username and id of the second registration stay reserved until it expires.
    const [first, ...rest] = (await left("UsersTable")).toSorted((a, b) =>
      String(a["pk"]).localeCompare(b["pk"]),
    );
    const number: unknown = expect.any(Number);
    const who = { v: 1, version: 2, changedBy: "person", changedAt: number };
    expect(first).toEqual({ pk: `goodbye#${id}`, expiresAt: number, ...who });
    expect(rest.map(({ pk }) => String(pk).replace(/#.*/, ""))).toEqual(["registration", "username"]);
    expect(await left("SessionsTable")).toEqual([]);
    for (const { pk } of await left("LimitsTable")) expect(pk).toMatch(/^limit#/);
  });

  it("gets its last letter once", async () => {
    const person = await presetSession(stack);
    await succeed("deleteMe", { current_password: person.password }, { token: person.access });
    await letterTo(person.email);
    const forgotten = async () => {
      const users = await itemsOf(stack, "UsersTable");
      return users.find(({ pk }) => pk === `goodbye#${person.id}`)?.["email"] === undefined;
    };
    await eventually("the address forgotten", async () => ((await forgotten()) ? true : undefined));
    await deliverOrder(stack, { kind: "goodbye", userId: person.id });
    const letters = await lettersTo(person.email);
    expect(letters).toHaveLength(1);
    expect(() => codeIn(letters[0]!)).toThrow("no code in the letter");
  });
});
