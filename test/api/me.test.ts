import { describe, expect, it } from "vitest";
import { call, send, succeed } from "../support/calls/api.ts";
import { expectFieldErrors, expectRefused } from "../support/assert/refusals.ts";
import { activated, newPerson, register, signedIn } from "../support/people/people.ts";

describe("GET user/me/", () => {
  it("answers 200 with the signed-in account", async () => {
    const { id, username, email, access } = await signedIn();
    const me = await succeed("getMe", undefined, { token: access });
    expect(me).toEqual({ id, username, email, first_name: "", last_name: "" });
  });

  it("refuses no, odd and foreign credentials with simplejwt's codes [ASVS 7.2.1]", async () => {
    const { access, refresh } = await signedIn();
    expectRefused(await call("getMe"), "not_authenticated");
    const withHeader = (authorization: string) => call("getMe", undefined, { headers: { authorization } });
    expectRefused(await withHeader("Basic YTpi"), "not_authenticated");
    expectRefused(await withHeader("Bearer"), "bad_authorization_header");
    expectRefused(await withHeader(`Bearer ${access} more`), "bad_authorization_header");
    expectRefused(await withHeader(`Bearer ${refresh}`), "token_not_valid");
    expectRefused(await withHeader("Bearer a.b.c"), "token_not_valid");
  });

  it("reaches the same account with and without the trailing slash, with no redirect", async () => {
    const { access } = await signedIn();
    for (const path of ["/api/v1/auth/user/me/", "/api/v1/auth/user/me"]) {
      const answer = await send("GET", path, { headers: { authorization: `Bearer ${access}` } });
      expect(answer.status).toBe(200);
    }
  });
});

describe("PATCH user/me/", () => {
  it("changes what is named and nothing else", async () => {
    const person = await signedIn();
    const token = person.access;
    await succeed("updateMe", { first_name: "Ada" }, { token });
    const me = await succeed("updateMe", { last_name: "Lovelace" }, { token });
    expect(me).toMatchObject({ username: person.username, first_name: "Ada", last_name: "Lovelace" });
    expect(await succeed("updateMe", {}, { token })).toEqual(me);
    expect(await succeed("getMe", undefined, { token })).toEqual(me);
  });

  it("ignores address, password, id and staff flag [ASVS 7.5.1]", async () => {
    const person = await signedIn();
    const token = person.access;
    const answer = await call(
      "updateMe",
      { email: "other@example.com", id: "1", is_staff: true, password: "x" },
      { token },
    );
    expect(answer.status).toBe(200);
    expect(answer.body).toMatchObject({ email: person.email, id: person.id });
  });

  it("moves to a free username, frees the old one and refuses a taken one", async () => {
    const [person, other] = [await signedIn(), await activated()];
    const token = person.access;
    const taken = await call("updateMe", { username: other.username }, { token });
    expectFieldErrors(taken, { username: ["A user with that username already exists."] });
    const { username } = newPerson();
    expect((await succeed("updateMe", { username }, { token })).username).toBe(username);
    await register(newPerson({ username: person.username }));
  });

  it("changes only the spelling where the key stays the same", async () => {
    const person = await signedIn();
    const username = person.username.toUpperCase();
    expect((await succeed("updateMe", { username }, { token: person.access })).username).toBe(username);
    const answer = await call("createUser", newPerson({ username: person.username }));
    expectFieldErrors(answer, { username: ["A user with that username already exists."] });
  });

  it("loses no change where two come at once", async () => {
    const { access: token } = await signedIn();
    await Promise.all([
      succeed("updateMe", { first_name: "Ada" }, { token }),
      succeed("updateMe", { last_name: "Lovelace" }, { token }),
      succeed("updateMe", { username: newPerson().username }, { token }),
    ]);
    expect(await succeed("getMe", undefined, { token })).toMatchObject({
      first_name: "Ada",
      last_name: "Lovelace",
    });
  });
});

describe("DELETE user/me/", () => {
  it("asks for the password and then removes the account at once [ASVS 7.4.2]", async () => {
    const person = await signedIn();
    const token = person.access;
    expectFieldErrors(await call("deleteMe", {}, { token }), {
      current_password: ["This field is required."],
    });
    expectFieldErrors(await call("deleteMe", { current_password: "Wrong-Password-1" }, { token }), {
      current_password: ["Invalid password."],
    });
    await succeed("deleteMe", { current_password: person.password }, { token });
    expectRefused(await call("getMe", undefined, { token }), "user_not_found");
    const { email, password } = person;
    expectRefused(await call("requestOtp", { email, password }), "no_active_account");
  });

  it("frees address and username for a new account", async () => {
    const person = await signedIn();
    await succeed("deleteMe", { current_password: person.password }, { token: person.access });
    const again = await register(newPerson({ username: person.username, email: person.email }));
    expect(again.id).not.toBe(person.id);
  });

  it("is no oracle for the password: ten tries, then 429", async () => {
    const { access: token } = await signedIn();
    const answers = await Promise.all(
      Array.from({ length: 12 }, () => call("deleteMe", { current_password: "Wrong-Password-1" }, { token })),
    );
    expect(answers.filter(({ status }) => status === 400)).toHaveLength(10);
    for (const answer of answers.filter(({ status }) => status !== 400))
      expectRefused(answer, "too_many_password_guesses");
  });
});
