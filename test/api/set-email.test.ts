import { describe, expect, it } from "vitest";
import { call, succeed } from "../support/calls/api.ts";
import { comparable } from "../support/assert/comparable.ts";
import { expectFieldErrors, expectRefused } from "../support/assert/refusals.ts";
import { codeIn, codeTo, letterTo, lettersTo } from "../support/mail/letters.ts";
import {
  activated,
  loginCode,
  newPerson,
  register,
  signedIn,
  signIn,
  type Person,
} from "../support/people/people.ts";

type SignedIn = Person & { access: string };

const ask = (person: SignedIn, new_email: string) =>
  succeed("setEmail", { new_email, current_password: person.password }, { token: person.access });

// Changes the address; `letters` is how many letters the present address has had before.
const move = async <Mover extends SignedIn>(
  person: Mover,
  letters = 2,
): Promise<Mover & { undo: string }> => {
  const { email } = newPerson();
  await ask(person, email);
  const otp_code = await codeTo(email);
  await succeed("confirmEmail", { otp_code }, { token: person.access });
  return { ...person, email, undo: await codeTo(person.email, letters + 1) };
};

const wrongCode = "AAAA-BBBB-CCCC-DDDD";
const undo = (email: string, otp_code: string) => call("undoEmail", { email, otp_code });
// Waits for the letter about the undo, because later letters could overtake it.
const undone = async (email: string, otp_code: string, letters = 3) => {
  await succeed("undoEmail", { email, otp_code });
  await letterTo(email, letters + 1);
};

describe("POST user/set_email/, then user/set_email_confirm/", () => {
  it("replaces the address only when the new one is confirmed [ASVS 6.4.4]", async () => {
    const person = await signedIn();
    const { email } = newPerson();
    await ask(person, email);
    const code = await codeTo(email);
    expect(code).toMatch(/^[A-Z2-7]{4}(-[A-Z2-7]{4}){3}$/);
    expect((await letterTo(person.email, 3)).Subject).toContain("about to change");
    await succeed("requestOtp", { email: person.email, password: person.password });
    const loginCodeOfOld = await codeTo(person.email, 4);
    expectRefused(await call("requestOtp", { email, password: person.password }), "no_active_account");

    const typed = code.replaceAll("-", "").toLowerCase();
    const answer = await call("confirmEmail", { otp_code: typed }, { token: person.access });
    expect(answer).toMatchObject({ status: 200, body: { id: person.id, email } });
    expect(answer.headers.get("x-device-token")).toBeTruthy();
    expect((await succeed("getMe", undefined, { token: person.access })).email).toBe(email);

    const ofOld = { email: person.email, otp_code: loginCodeOfOld };
    expectRefused(await call("createToken", ofOld), "sign_in_refused");
    expectRefused(await call("createToken", { ...ofOld, email }), "sign_in_refused");
    const { password } = person;
    expectRefused(await call("requestOtp", { email: person.email, password }), "no_active_account");
    await signIn({ ...person, email });
    // Held while the change can be undone: neither a registration nor a reset gets a code there.
    await register(newPerson({ email: person.email }));
    await letterTo(person.email, 5);
    await succeed("resetPassword", { email: person.email });
    await letterTo(person.email, 6);
    for (const letter of (await lettersTo(person.email)).slice(4)) {
      expect(letter.Subject).toContain("reserved for an account");
      expect(() => codeIn(letter)).toThrow("no code");
    }
  });

  it("requires the password and refuses wrong, used and foreign codes [ASVS 7.5.1]", async () => {
    const [person, other] = [await signedIn(), await signedIn()];
    const { email } = newPerson();
    const [token, otherToken] = [{ token: person.access }, { token: other.access }];
    const body = { new_email: email, current_password: "Not-The-Password-1" };
    expectFieldErrors(await call("setEmail", body, token), { current_password: ["Invalid password."] });
    expectFieldErrors(
      await call("setEmail", { new_email: person.email, current_password: person.password }, token),
      { new_email: ["This is the account's address already."] },
    );
    expectRefused(await call("confirmEmail", { otp_code: wrongCode }, token), "code_refused");
    await ask(person, email);
    const otp_code = await codeTo(email);
    expectRefused(await call("confirmEmail", { otp_code: wrongCode }, token), "code_refused");
    expectRefused(await call("confirmEmail", { otp_code }, otherToken), "code_refused");
    expectRefused(await call("claimEmail", { email, otp_code }), "code_refused");
    await succeed("confirmEmail", { otp_code }, token);
    expectRefused(await call("confirmEmail", { otp_code }, token), "code_refused");
  });

  it("invalidates the codes of an older change [ASVS 6.6.2]", async () => {
    const person = await signedIn();
    const [first, second] = [newPerson().email, newPerson().email];
    await ask(person, first);
    const older = await codeTo(first);
    const olderUndo = await codeTo(person.email, 3);
    await ask(person, second);
    const otp_code = await codeTo(second);
    const token = { token: person.access };
    expectRefused(await call("confirmEmail", { otp_code: older }, token), "code_refused");
    expectRefused(await undo(person.email, olderUndo), "code_refused");
    expect(await succeed("confirmEmail", { otp_code }, token)).toMatchObject({ email: second });
  });

  it("loses its effect when the caller ends their other sessions", async () => {
    const person = await signedIn();
    const { email } = newPerson();
    await ask(person, email);
    const otp_code = await codeTo(email);
    await succeed("endOtherSessions", undefined, { token: person.access });
    expectRefused(await call("confirmEmail", { otp_code }, { token: person.access }), "code_refused");
  });

  it("answers alike for a taken address and notifies its owner", async () => {
    const [person, owner] = [await signedIn(), await activated()];
    const token = { token: person.access };
    const to = (new_email: string) =>
      call("setEmail", { new_email, current_password: person.password }, token);
    const taken = await to(owner.email);
    // Read before the next change replaces this one: a replaced change sends no letters.
    const letter = await letterTo(owner.email, 2);
    expect(comparable(await to(newPerson().email))).toEqual(comparable(taken));
    expect(letter.Subject).toContain("already has an account");
    expect(() => codeIn(letter)).toThrow("no code");
    await signIn(owner, 2);
  });
});

describe("POST user/set_email_undo/", () => {
  it("undoes an unconfirmed change and ends all sessions", async () => {
    const person = await signedIn();
    const { email } = newPerson();
    await ask(person, email);
    const otp_code = await codeTo(email);
    await undone(person.email, await codeTo(person.email, 3));
    expectRefused(await call("getMe", undefined, { token: person.access }), "token_not_valid");
    const { access: token } = await signIn(person, 4);
    expectRefused(await call("confirmEmail", { otp_code }, { token }), "code_refused");
    expect((await succeed("getMe", undefined, { token })).email).toBe(person.email);
  });

  it("undoes a confirmed change once and ends all sessions [ASVS 7.4.3]", async () => {
    const person = await signedIn();
    const moved = await move(person);
    const codeOfNew = await loginCode(moved);
    const answer = await undo(person.email, moved.undo);
    expect([answer.status, answer.text]).toEqual([204, ""]);
    expect(answer.headers.get("x-device-token")).toBeTruthy();
    const again = await undo(person.email, moved.undo);
    expectRefused(again, "code_refused");
    expect(again.headers.get("x-device-token")).toBe(null);
    expectRefused(await call("getMe", undefined, { token: person.access }), "token_not_valid");
    expectRefused(await call("createToken", { email: moved.email, otp_code: codeOfNew }), "sign_in_refused");
    const { email, password } = moved;
    expectRefused(await call("requestOtp", { email, password }), "no_active_account");
    expect((await letterTo(person.email, 4)).Subject).toContain("your address again");
    expect((await letterTo(moved.email, 3)).Subject).toContain("has its earlier address again");
    const { access: token } = await signIn(person, 4);
    expect((await succeed("getMe", undefined, { token })).email).toBe(person.email);
  });

  it("blocks the owner's next change while this one can be undone [ASVS 6.4.4]", async () => {
    const person = await signedIn();
    const moved = await move(person);
    const { access: token, password } = moved;
    const { email: new_email } = newPerson();
    const wrong = { new_email, current_password: "Not-The-Password-1" };
    expectFieldErrors(await call("setEmail", wrong, { token }), { current_password: ["Invalid password."] });
    const refused = await call("setEmail", { new_email, current_password: password }, { token });
    expectRefused(refused, "too_many_address_changes");
    expect(refused.text).toContain("Try again in 7 days.");
    const wait = Number(refused.headers.get("retry-after"));
    expect(wait).toBeGreaterThan(7 * 86_400 - 60);
    expect(wait).toBeLessThanOrEqual(7 * 86_400);
    expectRefused(await undo(moved.email, moved.undo), "code_refused");
    await undone(person.email, moved.undo);
    expect(await lettersTo(new_email)).toEqual([]);
  });

  it("works again for the next change", async () => {
    const person = await signedIn();
    const first = await move(person);
    await undone(person.email, first.undo);
    const again = await move({ ...person, ...(await signIn(person, 4)) }, 5);
    expectRefused(await undo(person.email, first.undo), "code_refused");
    await succeed("undoEmail", { email: person.email, otp_code: again.undo });
  });

  it("refuses wrong codes and addresses without a change alike", async () => {
    const person = await signedIn();
    await ask(person, newPerson().email);
    await letterTo(person.email, 3);
    const wrong = await undo(person.email, wrongCode);
    expectRefused(wrong, "code_refused");
    for (const email of [newPerson().email, (await activated()).email])
      expect(comparable(await undo(email, wrongCode))).toEqual(comparable(wrong));
    expect(await lettersTo(person.email)).toHaveLength(3);
  });
});
