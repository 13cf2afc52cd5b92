import { beforeAll, describe, expect, it } from "vitest";
import { pseudonyms } from "../../shared/identity/pseudonyms.ts";
import { codeGuess, devicesSubject, wrongPassword } from "../../shared/limits/guess-limits.ts";
import { eventually } from "../support/assert/eventually.ts";
import { expectRefused } from "../support/assert/refusals.ts";
import { call, succeed, type Answer } from "../support/calls/api.ts";
import { limitsOf } from "../support/limits/stack-limits.ts";
import { codeTo, letterTo } from "../support/mail/letters.ts";
import { administer, runCreateAdmin, signedInAdmin, signInAgain } from "../support/people/administrators.ts";
import { newPassword } from "../support/people/credentials.ts";
import { loginCode, newPerson, register, resetCode, type Person } from "../support/people/people.ts";
import { sharedStack } from "../support/stacks/test-stack.ts";

let stack: Awaited<ReturnType<typeof sharedStack>>;
let limits: ReturnType<typeof limitsOf>;
let root: Awaited<ReturnType<typeof signedInAdmin>>;
beforeAll(async () => {
  stack = await sharedStack();
  limits = limitsOf(stack);
  root = await signedInAdmin(stack.folder);
});

const tokenOf = ({ headers }: Answer): string => headers.get("x-device-token") ?? "";
const answered = async (work: Promise<Answer>, status: number) => {
  const answer = await work;
  expect([answer.status, answer.text]).toEqual([status, answer.text]);
  return answer;
};

const activate = async (person: Person, letters: number) => {
  const { id } = await register(person);
  const otp_code = await codeTo(person.email, letters);
  const answer = await answered(call("activateUser", { email: person.email, otp_code }), 200);
  return { ...person, id, device: tokenOf(answer) };
};

/** A person who has signed in once, with the device tokens of activation and sign-in. */
const personWithDevices = async () => {
  const person = await activate(newPerson(), 1);
  const otp_code = await loginCode(person);
  const answer = await answered(call("createToken", { email: person.email, otp_code }), 201);
  const { access } = answer.body as { access: string };
  return { ...person, access, devices: [person.device, tokenOf(answer)] };
};
type Owner = Awaited<ReturnType<typeof personWithDevices>>;

/** Only known devices get an answer to their wrong password, once strangers used up all others. */
const isKnown = async (email: string, token: string): Promise<boolean> => {
  await limits.exhaust(wrongPassword(await pseudonyms.ofAddress(email)));
  const body = { email, password: "Not-The-Password-1" };
  const answer = await call("requestOtp", body, { headers: { "x-device-token": token } });
  if (answer.status === 401) expectRefused(answer, "no_active_account");
  else expectRefused(answer, "too_many_password_guesses");
  return answer.status === 401;
};

const moving = async ({ email, access: token, password }: Owner) => {
  const { email: new_email } = newPerson();
  await succeed("setEmail", { new_email, current_password: password }, { token });
  return { new_email, undo: await codeTo(email, 3) };
};
const moved = async (owner: Owner) => {
  const { new_email, undo } = await moving(owner);
  const otp_code = await codeTo(new_email);
  const confirm = call("confirmEmail", { otp_code }, { token: owner.access });
  return { new_email, undo, answer: await answered(confirm, 200) };
};

/** Each returns the answer that has a new token, if the act gives one, and its address. */
const acts: Record<string, (owner: Owner) => Promise<{ answer?: Answer; email?: string }>> = {
  "a password reset": async (owner) => {
    const { email } = owner;
    const body = { email, otp_code: await resetCode(owner, 2), new_password: newPassword() };
    return { answer: await answered(call("confirmPasswordReset", body), 204) };
  },
  "a change of password": async ({ access: token, password }) => {
    const body = { current_password: password, new_password: newPassword() };
    return { answer: await answered(call("setPassword", body, { token }), 204) };
  },
  "ending all other sessions": async ({ access: token }) => ({
    answer: await answered(call("endOtherSessions", undefined, { token }), 204),
  }),
  "an administrator who ends all sessions": async ({ id }) => {
    await answered(administer(root, "endUserSessions", { id }), 204);
    return {};
  },
  "a deactivation, after activation too": async ({ id }) => {
    for (const is_active of [false, true])
      await answered(
        administer(root, "updateUser", { id, body: { is_active, current_password: root.password } }),
        200,
      );
    return {};
  },
  "a promotion": async ({ id }) => {
    const body = { is_staff: true, current_password: root.password };
    await answered(administer(root, "updateUser", { id, body }), 200);
    return {};
  },
  "an operator who sets the password": async (owner) => {
    expect((await runCreateAdmin(stack.folder, owner)).code).toBe(0);
    return {};
  },
  "a confirmed change of address": async (owner) => {
    const { new_email, answer } = await moved(owner);
    return { answer, email: new_email };
  },
  "a claimed change of address": async ({ id }) => {
    const { email } = newPerson();
    const body = { new_email: email, current_password: root.password };
    await answered(administer(root, "setUserEmail", { id, body }), 204);
    const claim = { email, otp_code: await codeTo(email) };
    return { answer: await answered(call("claimEmail", claim), 200), email };
  },
  "an undone change of address": async (owner) => {
    const { undo } = await moved(owner);
    return { answer: await answered(call("undoEmail", { email: owner.email, otp_code: undo }), 204) };
  },
  "an undo before the change is confirmed": async (owner) => {
    const { undo } = await moving(owner);
    return { answer: await answered(call("undoEmail", { email: owner.email, otp_code: undo }), 204) };
  },
  "a deletion by the owner": async ({ access: token, password }) => {
    await answered(call("deleteMe", { current_password: password }, { token }), 204);
    return {};
  },
  "a deletion by an administrator, for a new owner too": async ({ id, email }) => {
    await answered(administer(root, "deleteUser", { id, body: { current_password: root.password } }), 204);
    await letterTo(email, 3);
    const { device } = await activate(newPerson({ email }), 4);
    expect(await isKnown(email, device)).toBe(true);
    return {};
  },
};

describe("device tokens", () => {
  it.each(Object.entries(acts))("end with %s", async (_, act) => {
    const owner = await personWithDevices();
    expect(await Promise.all(owner.devices.map((token) => isKnown(owner.email, token)))).toEqual([
      true,
      true,
    ]);
    const { answer, email = owner.email } = await act(owner);
    for (const token of owner.devices) {
      expect(await isKnown(owner.email, token)).toBe(false);
      expect(await isKnown(email, token)).toBe(false);
    }
    if (answer) expect(await isKnown(email, tokenOf(answer))).toBe(true);
  });

  it("of an address's former owner don't count for the next account", async () => {
    const [former, owner] = [await personWithDevices(), await personWithDevices()];
    const body = { current_password: former.password };
    await answered(call("deleteMe", body, { token: former.access }), 204);
    await letterTo(former.email, 3);
    const move = { new_email: former.email, current_password: owner.password };
    await succeed("setEmail", move, { token: owner.access });
    const otp_code = await codeTo(former.email, 4);
    await answered(call("confirmEmail", { otp_code }, { token: owner.access }), 200);
    for (const token of former.devices) expect(await isKnown(former.email, token)).toBe(false);
  });

  it("remain valid at a sign-in and a change of names", async () => {
    const owner = await personWithDevices();
    await signInAgain(owner);
    await succeed("updateMe", { first_name: "Ada" }, { token: owner.access });
    for (const token of owner.devices) expect(await isKnown(owner.email, token)).toBe(true);
  });

  it("allow ten wrong passwords together, however many there are [ASVS 6.3.1]", async () => {
    const owner = await personWithDevices();
    const { email } = owner;
    const devices = [...owner.devices];
    for (let letters = 2; devices.length < 6; letters += 1) {
      const otp_code = await loginCode(owner, letters);
      devices.push(tokenOf(await answered(call("createToken", { email, otp_code }), 201)));
    }
    const answers = await Promise.all(
      Array.from({ length: 30 }, (_, index) =>
        call(
          "requestOtp",
          { email, password: "Not-The-Password-1" },
          { headers: { "x-device-token": devices[index % devices.length] ?? "" } },
        ),
      ),
    );
    expect(answers.filter(({ status }) => status === 401)).toHaveLength(10);
    // Strangers without a token have a sum of their own, and so do the devices.
    expectRefused(await call("requestOtp", { email, password: "Not-The-Password-1" }), "no_active_account");
  });

  it("have their guesses back after a reset, but not after other acts", async () => {
    const owner = await personWithDevices();
    const { email, access: token } = owner;
    const devices = devicesSubject(await pseudonyms.ofAddress(email));
    await limits.exhaust(wrongPassword(devices));
    await limits.exhaust(codeGuess("login", devices));
    // Otherwise a stolen session could begin generations and so guess without a limit.
    const ended = await answered(call("endOtherSessions", undefined, { token }), 204);
    expect(await isKnown(email, tokenOf(ended))).toBe(false);
    const password = newPassword();
    const body = { email, otp_code: await resetCode(owner, 2), new_password: password };
    const reset = await answered(call("confirmPasswordReset", body), 204);
    await letterTo(email, 4);
    expect(await isKnown(email, tokenOf(reset))).toBe(true);
    const headers = { "x-device-token": tokenOf(reset) };
    await answered(call("requestOtp", { email, password }, { headers }), 200);
    const otp_code = await codeTo(email, 5);
    await answered(call("createToken", { email, otp_code }, { headers }), 201);
  });

  it("of a sign-in that races a reset are never valid", async () => {
    const owner = await personWithDevices();
    const { email } = owner;
    const otp_code = await loginCode(owner, 2);
    const reset = { email, otp_code: await resetCode(owner, 3), new_password: newPassword() };
    const slow = stack.faults.add({
      principal: "CreateToken",
      operation: "PutItem",
      delayMilliseconds: 60_000,
    });
    const signingIn = call("createToken", { email, otp_code });
    await eventually("the session on its way", () => (slow.struck() === 1 ? true : undefined));
    const answer = await answered(call("confirmPasswordReset", reset), 204);
    slow.remove();
    const late = await answered(signingIn, 201);
    expect(tokenOf(late)).not.toBe("");
    expect(await isKnown(email, tokenOf(late))).toBe(false);
    expect(await isKnown(email, tokenOf(answer))).toBe(true);
  });
});
