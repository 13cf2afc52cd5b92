import { describe, expect, it } from "vitest";
import { call, succeed } from "../support/calls/api.ts";
import { expectFieldErrors, expectRefused } from "../support/assert/refusals.ts";
import { activated, newPerson, register, signedIn } from "../support/people/people.ts";

describe("PATCH user/me/", () => {
  it("changes only the given fields", async () => {
    const person = await signedIn();
    const token = person.access;
    await succeed("updateMe", { first_name: "Ada" }, { token });
    const me = await succeed("updateMe", { last_name: "Lovelace" }, { token });
    expect(me).toMatchObject({ username: person.username, first_name: "Ada", last_name: "Lovelace" });
    expect(await succeed("updateMe", {}, { token })).toEqual(me);
    expect(await succeed("getMe", undefined, { token })).toEqual(me);
  });

  it("ignores address, password, id and staff flag [ASVS 7.5.1, 8.2.3, 15.3.3]", async () => {
    const person = await signedIn();
    const token = person.access;
    const me = await succeed("getMe", undefined, { token });
    const other = { email: "other@example.com", id: "1", is_staff: true, password: "x" };
    for (const fields of [me, other]) {
      const answer = await call("updateMe", { ...fields, first_name: "Ada" }, { token });
      expect({ status: answer.status, body: answer.body }).toEqual({
        status: 200,
        body: { ...me, first_name: "Ada" },
      });
    }
    expect(me.email).toBe(person.email);
  });

  it("frees the old username and refuses a taken one", async () => {
    const [person, other] = [await signedIn(), await activated()];
    const token = person.access;
    const taken = await call("updateMe", { username: other.username }, { token });
    expectFieldErrors(taken, { username: ["A user with that username already exists."] });
    const { username } = newPerson();
    expect((await succeed("updateMe", { username }, { token })).username).toBe(username);
    await register(newPerson({ username: person.username }));
  });

  it("accepts the current username in another case", async () => {
    const person = await signedIn();
    const username = person.username.toUpperCase();
    expect((await succeed("updateMe", { username }, { token: person.access })).username).toBe(username);
    const answer = await call("createUser", newPerson({ username: person.username }));
    expectFieldErrors(answer, { username: ["A user with that username already exists."] });
  });

  it("loses none of several concurrent changes", async () => {
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

  it("limits how many usernames an account can try", async () => {
    const [person, other] = [await signedIn(), await activated()];
    const rename = (username: string) => call("updateMe", { username }, { token: person.access });
    for (let tries = 0; tries < 10; tries += 1) expect((await rename(other.username)).status).toBe(400);
    expectRefused(await rename(other.username), "too_many_username_changes");
    expectRefused(await rename(newPerson().username), "too_many_username_changes");
    // Other changes go on.
    await succeed("updateMe", { username: person.username, first_name: "Ada" }, { token: person.access });
  });
});
