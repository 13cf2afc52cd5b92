import { describe, expect, it } from "vitest";
import { call, succeed } from "../support/calls/api.ts";
import { comparable } from "../support/assert/comparable.ts";
import { expectRefused } from "../support/assert/refusals.ts";
import { codeTo, letterTo } from "../support/mail/letters.ts";
import { activated, newPerson, register } from "../support/people/people.ts";

describe("POST user/otp/", () => {
  it("sends a login code to an active account [ASVS 6.3.3]", async () => {
    const person = await activated();
    const answer = await succeed("requestOtp", { email: person.email, password: person.password });
    expect(answer).toEqual({ detail: "OTP successfully sent by email" });
    expect((await letterTo(person.email, 2)).Subject).toContain("sign-in");
  });

  it("sends a registration another activation code", async () => {
    const person = await register();
    await letterTo(person.email);
    await succeed("requestOtp", { email: person.email, password: person.password });
    await succeed("activateUser", { email: person.email, otp_code: await codeTo(person.email, 2) });
  });

  it("refuses a wrong password and an unknown address alike [ASVS 6.3.3]", async () => {
    const person = await activated();
    const wrong = await call("requestOtp", { email: person.email, password: "Not-The-Password-1" });
    const unknown = await call("requestOtp", { email: newPerson().email, password: "Not-The-Password-1" });
    expectRefused(wrong, "no_active_account");
    expect(comparable(unknown)).toEqual(comparable(wrong));
  });

  it("checks the password as typed, neither trimmed nor cut [ASVS 6.2.8]", async () => {
    const password = `  ${"пароль ".repeat(14)}`;
    const person = await register(newPerson({ password }));
    const refused = await call("requestOtp", { email: person.email, password: password.trim() });
    expectRefused(refused, "no_active_account");
    await succeed("requestOtp", { email: person.email, password });
  });

  it("accepts another Unicode composition of the same password [ASVS 6.2.8]", async () => {
    const person = await register(newPerson({ password: "Caf\u00e9-Gr\u00fc\u00dfe-42" }));
    await succeed("requestOtp", { email: person.email, password: "Cafe\u0301-Gru\u0308\u00dfe-42" });
  });

  it("sends no login code for the password of a later registration", async () => {
    const owner = await activated();
    const squatter = await register(newPerson({ email: owner.email }));
    await letterTo(owner.email, 2);
    await succeed("requestOtp", { email: owner.email, password: owner.password });
    expect((await letterTo(owner.email, 3)).Subject).toContain("sign-in");
    await succeed("requestOtp", { email: owner.email, password: squatter.password });
    expect((await letterTo(owner.email, 4)).Subject).toContain("already have an account");
  });

  it("checks at most ten wrong passwords, for unknown addresses alike [ASVS 6.3.1]", async () => {
    const known = await activated();
    const unknown = newPerson();
    const exhaust = async (email: string) => {
      const answers = await Promise.all(
        Array.from({ length: 12 }, () => call("requestOtp", { email, password: "Not-The-Password-1" })),
      );
      const limited = answers.filter(({ status }) => status === 429);
      expect(answers.filter(({ status }) => status === 401)).toHaveLength(10);
      for (const answer of limited) expectRefused(answer, "too_many_password_guesses");
      return comparable(limited[0]!);
    };
    expect(await exhaust(known.email)).toEqual(await exhaust(unknown.email));
    const right = await call("requestOtp", { email: known.email, password: known.password });
    expectRefused(right, "too_many_password_guesses");
  });
});
