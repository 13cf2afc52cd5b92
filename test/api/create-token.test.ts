import { decodeJwt, decodeProtectedHeader } from "jose";
import { describe, expect, it } from "vitest";
import { call, succeed } from "../support/calls/api.ts";
import { wrongCode } from "../support/mail/wrong-code.ts";
import { comparable } from "../support/assert/comparable.ts";
import { expectRefused } from "../support/assert/refusals.ts";
import { codeTo } from "../support/mail/letters.ts";
import { baseUrl } from "../support/stacks/target-urls.ts";
import { activated, loginCode, newPerson, register, signedIn } from "../support/people/people.ts";

describe("POST jwt/create/", () => {
  it("answers 201 with tokens that hold our claims and simplejwt's [ASVS 7.2.2, 9.2.4]", async () => {
    const { id, access, refresh } = await signedIn();
    for (const [token, type, typ] of [
      [access, "access", "at+jwt"],
      [refresh, "refresh", "rt+jwt"],
    ] as const) {
      expect(decodeProtectedHeader(token)).toEqual({ alg: "RS256", kid: expect.any(String), typ });
      expect(decodeJwt(token)).toEqual({
        iss: expect.stringMatching(/^https?:\/\//),
        aud: expect.any(String),
        sub: id,
        user_id: id,
        token_type: type,
        sid: expect.any(String),
        jti: expect.stringMatching(/^[0-9a-f]{32}$/),
        auth_time: expect.any(Number),
        iat: expect.any(Number),
        exp: expect.any(Number),
      });
    }
    expect(decodeJwt(access)["sid"]).toBe(decodeJwt(refresh)["sid"]);
    expect(baseUrl().startsWith(new URL(decodeJwt(access).iss ?? "").origin)).toBe(true);
  });

  it("refuses a used code [ASVS 6.5.1, 7.6.2]", async () => {
    const person = await activated();
    const otp_code = await loginCode(person);
    await succeed("createToken", { email: person.email, otp_code });
    expectRefused(await call("createToken", { email: person.email, otp_code }), "sign_in_refused");
  });

  it("accepts a code once when submitted in parallel [ASVS 6.5.1]", async () => {
    const person = await activated();
    const otp_code = await loginCode(person);
    const answers = await Promise.all(
      Array.from({ length: 5 }, () => call("createToken", { email: person.email, otp_code })),
    );
    expect(answers.filter(({ status }) => status === 201)).toHaveLength(1);
    for (const { status } of answers) expect([201, 401]).toContain(status);
  });

  it("refuses wrong, replaced and activation codes and unknown addresses alike [ASVS 6.3.3, 6.6.2, 7.6.2]", async () => {
    const person = await register();
    const activation = await codeTo(person.email);
    const early = await call("createToken", { email: person.email, otp_code: activation });
    await succeed("activateUser", { email: person.email, otp_code: activation });
    const old = await loginCode(person);
    const newest = await loginCode(person, 2);
    const wrong = await call("createToken", { email: person.email, otp_code: wrongCode(newest) });
    const stale = await call("createToken", { email: person.email, otp_code: old });
    const unknown = await call("createToken", { email: newPerson().email, otp_code: newest });
    for (const answer of [early, wrong, unknown]) expectRefused(answer, "sign_in_refused");
    expect(comparable(unknown)).toEqual(comparable(wrong));
    if (old !== newest) expect(comparable(stale)).toEqual(comparable(wrong));
    await succeed("createToken", { email: person.email, otp_code: newest });
  });

  it("checks at most five wrong codes, for unknown addresses alike [ASVS 6.3.1, 6.6.3]", async () => {
    const person = await activated();
    const code = await loginCode(person);
    const guessAll = (email: string) =>
      Promise.all(
        Array.from({ length: 12 }, (_, step) =>
          call("createToken", { email, otp_code: wrongCode(code, step + 1) }),
        ),
      );
    const answers = await guessAll(person.email);
    expect(answers.filter(({ status }) => status === 401)).toHaveLength(5);
    for (const answer of answers.filter(({ status }) => status !== 401))
      expectRefused(answer, "too_many_code_guesses");

    // A new code doesn't reset the count.
    const another = await loginCode(person, 2);
    expectRefused(
      await call("createToken", { email: person.email, otp_code: another }),
      "too_many_code_guesses",
    );

    const strangers = await guessAll(newPerson().email);
    const kinds = (list: typeof answers) => list.map((answer) => JSON.stringify(comparable(answer))).sort();
    expect(kinds(strangers)).toEqual(kinds(answers));
  });

  it("accepts a known device after others used up the attempts", async () => {
    const person = await register();
    const { email, password } = person;
    const activation = await call("activateUser", { email, otp_code: await codeTo(email) });
    const cookie = activation.headers.get("set-cookie") ?? "";
    expect(cookie).toMatch(
      /^(__Host-)?lit-device=[^;]+; Max-Age=31536000; Path=\/; HttpOnly; SameSite=Strict/,
    );
    const byHeader = { headers: { "x-device-token": activation.headers.get("x-device-token") ?? "" } };
    const byCookie = { headers: { cookie: cookie.split(";")[0] ?? "" } };

    expect((await call("requestOtp", { email, password }, byHeader)).status).toBe(200);
    const otp_code = await codeTo(email, 2);
    for (let step = 1; step <= 5; step += 1)
      await call("createToken", { email, otp_code: wrongCode(otp_code, step) });
    expectRefused(await call("createToken", { email, otp_code }), "too_many_code_guesses");
    expectRefused(
      await call("createToken", { email, otp_code: wrongCode(otp_code) }, byHeader),
      "sign_in_refused",
    );
    const signedIn = await call("createToken", { email, otp_code }, byCookie);
    expect(signedIn.status, signedIn.text).toBe(201);
    expect(signedIn.headers.get("x-device-token")).toMatch(/^[\w-]{22}\.\d+\.[\w-]{43}$/);
    expect(signedIn.text).not.toContain("deviceToken");
  });

  it("ends the row of failures, but no window, after a success", async () => {
    const person = await activated();
    const code = await loginCode(person);
    const guess = (otp_code: string) => call("createToken", { email: person.email, otp_code });
    for (const step of [1, 2, 3]) expectRefused(await guess(wrongCode(code, step)), "sign_in_refused");
    await succeed("createToken", { email: person.email, otp_code: code });
    const next = await loginCode(person, 2);
    expectRefused(await guess(wrongCode(next, 1)), "sign_in_refused");
    await succeed("createToken", { email: person.email, otp_code: next });
    const last = await loginCode(person, 3);
    expectRefused(await guess(wrongCode(last, 1)), "sign_in_refused");
    expectRefused(await guess(last), "too_many_code_guesses");
  });
});
