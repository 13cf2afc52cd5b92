import { describe, expect, it } from "vitest";
import { blankAttributes } from "../support/people/blank-attributes.ts";
import { call, succeed } from "../support/calls/api.ts";
import { wrongCode } from "../support/mail/wrong-code.ts";
import { comparable } from "../support/assert/comparable.ts";
import { expectFieldErrors, expectRefused } from "../support/assert/refusals.ts";
import { codeTo } from "../support/mail/letters.ts";
import { activated, loginCode, newPerson, register } from "../support/people/people.ts";

describe("POST user/activation/", () => {
  it("answers 200 with the registered account", async () => {
    const person = await register();
    const user = await succeed("activateUser", { email: person.email, otp_code: await codeTo(person.email) });
    expect(user).toEqual({
      id: person.id,
      username: person.username,
      email: person.email,
      ...blankAttributes,
    });
  });

  it("accepts a code as people paste it, but not two codes", async () => {
    const person = await register();
    const code = await codeTo(person.email);
    const arabic = code.replace(/[0-9]/g, (digit) => String.fromCodePoint(0x660 + Number(digit)));
    for (const unclear of [`${code} ${code}`, `${code}, ${wrongCode(code)}`])
      expectFieldErrors(await call("activateUser", { email: person.email, otp_code: unclear }), {
        otp_code: ["Enter the 6 digits of the code."],
      });
    await succeed("activateUser", { email: person.email, otp_code: `رمزك: \u200F${arabic}.` });
  });

  it("refuses wrong codes, used codes and unknown addresses alike [ASVS 6.4.1]", async () => {
    const person = await register();
    const code = await codeTo(person.email);
    const wrong = await call("activateUser", { email: person.email, otp_code: wrongCode(code) });
    await succeed("activateUser", { email: person.email, otp_code: code });
    const used = await call("activateUser", { email: person.email, otp_code: code });
    const unknown = await call("activateUser", { email: newPerson().email, otp_code: code });
    for (const answer of [wrong, used, unknown]) expectRefused(answer, "activation_refused");
    expect(comparable(used)).toEqual(comparable(wrong));
    expect(comparable(unknown)).toEqual(comparable(wrong));
  });

  it("accepts a code once when submitted in parallel [ASVS 6.5.1]", async () => {
    const person = await register();
    const otp_code = await codeTo(person.email);
    const answers = await Promise.all(
      Array.from({ length: 5 }, () => call("activateUser", { email: person.email, otp_code })),
    );
    expect(answers.filter(({ status }) => status === 200)).toHaveLength(1);
    for (const { status } of answers) expect([200, 400]).toContain(status);
  });

  it("refuses a login code [ASVS 6.3.4]", async () => {
    const person = await activated();
    const code = await loginCode(person);
    expectRefused(await call("activateUser", { email: person.email, otp_code: code }), "activation_refused");
  });

  it("accepts only the newest letter's code [ASVS 6.6.2]", async () => {
    const person = await register();
    const old = await codeTo(person.email);
    await succeed("requestOtp", { email: person.email, password: person.password });
    const newest = await codeTo(person.email, 2);
    if (old !== newest)
      expectRefused(await call("activateUser", { email: person.email, otp_code: old }), "activation_refused");
    await succeed("activateUser", { email: person.email, otp_code: newest });
  });

  it("explains that a code has six digits", async () => {
    for (const otp_code of ["12345", "1234567", "abcdef", "12345a", "123456 654321"])
      expectFieldErrors(await call("activateUser", { email: "a@example.com", otp_code }), {
        otp_code: ["Enter the 6 digits of the code."],
      });
  });
});
