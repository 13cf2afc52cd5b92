import { beforeAll, describe, expect, it } from "vitest";
import { pseudonyms } from "../../shared/identity/pseudonyms.ts";
import { invitationLettersTo } from "../../shared/limits/letter-limits.ts";
import { invitationsOf } from "../../shared/limits/staff-limits.ts";
import { administer, signedInAdmin } from "../support/people/administrators.ts";
import { expectFieldErrors, expectRefused } from "../support/assert/refusals.ts";
import { call, succeed } from "../support/calls/api.ts";
import { limitsOf } from "../support/limits/stack-limits.ts";
import { codeTo, letterTo, lettersTo } from "../support/mail/letters.ts";
import { allLettersSent } from "../support/mail/mail-queue.ts";
import { newPassword } from "../support/people/credentials.ts";
import { newPerson, register, signIn } from "../support/people/people.ts";
import { presetAccount } from "../support/presets/presets.ts";
import { logWith } from "../support/stacks/function-logs.ts";
import { sharedStack } from "../support/stacks/test-stack.ts";

let stack: Awaited<ReturnType<typeof sharedStack>>;
let root: Awaited<ReturnType<typeof signedInAdmin>>;
beforeAll(async () => {
  stack = await sharedStack();
  root = await signedInAdmin(stack.folder);
});

type Shown = { id: string; username: string } & Record<string, unknown>;

const invite = (body: object) => administer(root, "inviteUser", { body });
const invitedWith = async (body: object): Promise<Shown> => {
  const answer = await invite(body);
  expect(answer.status, answer.text).toBe(201);
  return answer.body as Shown;
};
const activate = (body: object) => call("activateUser", body);
const strangerAt = (email: string) => ({ ...newPerson({ email }), first_name: "Mallory", locale: "ar" });
const neutral = expect.stringMatching(/^user_[0-9a-f]{12}$/);

describe("invitation", () => {
  it("becomes an account without rank with its code and a password", async () => {
    const { email, username, password } = newPerson();
    const named = { email, username, first_name: "Ada", last_name: "Lovelace", locale: "de" };
    const shown = await invitedWith({ ...named, is_staff: true, is_active: true });
    expect(shown).toMatchObject({ ...named, state: "pending", invited: true, is_staff: false });
    expect((await letterTo(email)).Subject).toContain("Ihre Einladung");
    const otp_code = await codeTo(email);
    expect(otp_code).toMatch(/^[A-Z2-7]{4}(-[A-Z2-7]{4}){3}$/);
    for (const weak of [{}, { password: "12345678901234" }])
      expectFieldErrors(await activate({ email, otp_code, ...weak }), {
        password: [weak.password ? "This password is entirely numeric." : "This field is required."],
      });
    const user = await succeed("activateUser", { email, otp_code: otp_code.toLowerCase(), password });
    expect(user).toEqual({ ...named, id: shown.id });
    expectRefused(await activate({ email, otp_code, password }), "activation_refused");
    await signIn({ ...named, password }, 1);
    const { body } = await administer(root, "getUser", { id: shown.id });
    expect(body).toMatchObject({ state: "active", invited: false, is_staff: false });
  });

  it("tells strangers nothing before the code is right", async () => {
    const { email } = newPerson();
    await invitedWith({ email });
    await codeTo(email);
    for (const more of [{}, { password: "1" }, { password: newPassword() }])
      for (const at of [email, newPerson().email])
        for (const otp_code of ["AAAA-BBBB-CCCC-DDDD", "123 456"])
          expectRefused(await activate({ email: at, otp_code, ...more }), "activation_refused");
  });

  it("can be activated although strangers have used up the guesses", async () => {
    const { email, password } = newPerson();
    await invitedWith({ email });
    const otp_code = await codeTo(email);
    for (let tries = 0; tries < 6; tries += 1) await activate({ email, otp_code: "135 790" });
    expectRefused(await activate({ email, otp_code: "135 790" }), "too_many_code_guesses");
    expect((await activate({ email, otp_code, password })).status).toBe(200);
  });

  it("is sent again with a new code that ends the old one", async () => {
    const { email, username, password } = newPerson();
    const { id } = await invitedWith({ email, username });
    const codes = [await codeTo(email)];
    expect(await invitedWith({ email, first_name: "Ada" })).toMatchObject({ id, username });
    codes.push(await codeTo(email, 2));
    await limitsOf(stack).clear(invitationLettersTo(await pseudonyms.ofMailbox(email)));
    expect((await administer(root, "sendCode", { id })).status).toBe(204);
    const newest = await codeTo(email, 3);
    for (const otp_code of codes)
      expectRefused(await activate({ email, otp_code, password }), "activation_refused");
    const user = await succeed("activateUser", { email, otp_code: newest, password });
    expect(user).toMatchObject({ id, username, first_name: "Ada" });
  });

  it("can be cancelled or renamed, which frees its username", async () => {
    const { email, username, password } = newPerson();
    const [renamed, other] = [newPerson(), newPerson()];
    const { id } = await invitedWith({ email, username });
    // A second invitation before the first letter would replace its order.
    await codeTo(email);
    await invitedWith({ email, username: renamed.username });
    await invitedWith({ email: other.email, username });
    const otp_code = await codeTo(email, 2);
    const body = { current_password: root.password };
    expect((await administer(root, "deleteUser", { id, body })).status).toBe(204);
    expectRefused(await activate({ email, otp_code, password }), "activation_refused");
    await invitedWith({ email: renamed.email, username: renamed.username });
  });

  it("is refused for a taken address or username, which staff may know", async () => {
    const { email, username } = await presetAccount(stack);
    const emailTaken = { email: ["A user with that email already exists."] };
    expectFieldErrors(await invite({ email: email.toUpperCase() }), emailTaken);
    const other = newPerson().email;
    const usernameTaken = { username: ["A user with that username already exists."] };
    expectFieldErrors(await invite({ email: other, username }), usernameTaken);
    await invitedWith({ email: other });
    await allLettersSent(stack);
    expect([await lettersTo(other), await lettersTo(email)].map(({ length }) => length)).toEqual([1, 0]);
  });

  it("is counted for administrator and mailbox, and logged with ids only", async () => {
    const { email } = newPerson();
    const limits = limitsOf(stack);
    const { id } = await invitedWith({ email });
    const { line } = await logWith(stack, "InviteUser", ['"invited"', id]);
    expect(line).toContain(`"actorId":"${root.id}"`);
    await limits.exhaust(invitationLettersTo(await pseudonyms.ofMailbox(email)));
    expectRefused(await invite({ email }), "too_many_letters");
    await limits.exhaust(invitationsOf(root.id));
    expectRefused(await invite({ email: newPerson().email }), "too_many_invitations");
    expectRefused(await administer(root, "sendCode", { id }), "too_many_invitations");
    await limits.clear(invitationsOf(root.id));
  });
});

describe("invited address that a stranger registers", () => {
  it.each(["before", "after"])("keeps the invitation, registered %s it", async (when) => {
    const { email, username, password } = newPerson();
    const stranger = strangerAt(email);
    if (when === "before") await succeed("createUser", stranger);
    if (when === "before") await codeTo(email);
    const { id } = await invitedWith({ email, username, first_name: "Ada" });
    if (when === "after") await codeTo(email);
    if (when === "after") await succeed("createUser", stranger);
    await letterTo(email, 2);
    // As at any other address.
    expect((await call("requestOtp", stranger)).status).toBe(200);
    await letterTo(email, 3);
    const otp_code = await codeTo(email, when === "before" ? 2 : 1);
    const user = await succeed("activateUser", { email, otp_code, password });
    expect(user).toEqual({ id, email, username, first_name: "Ada", last_name: "" });
    expectRefused(await call("requestOtp", stranger), "no_active_account");
    await signIn({ email, username, password }, 3);
  });

  it.each(["before", "after"])("carries nothing of the stranger, registered %s it", async (when) => {
    const { email, username } = newPerson();
    const stranger = strangerAt(email);
    const ids: string[] = [];
    if (when === "before") ids.push((await register(stranger)).id);
    if (when === "before") await codeTo(email);
    ids.push((await invitedWith({ email, username })).id);
    await codeTo(email, when === "before" ? 2 : 1);
    if (when === "after") ids.push((await register(stranger)).id);
    const otp_code = await codeTo(email, when === "before" ? 1 : 2);
    const user = await succeed("activateUser", { email, otp_code });
    expect(user).toEqual({ id: expect.any(String), email, username: neutral, first_name: "", last_name: "" });
    expect(ids).not.toContain(user.id);
    expectRefused(await call("requestOtp", stranger), "no_active_account");
    const invitation = await codeTo(email, when === "before" ? 2 : 1);
    const again = { email, otp_code: invitation, password: newPassword() };
    expectRefused(await activate(again), "activation_refused");
  });
});
