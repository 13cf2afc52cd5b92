import { randomUUID } from "node:crypto";
import { mkdtempSync } from "node:fs";
import { join } from "node:path";
import { beforeAll, beforeEach, describe, expect, it } from "vitest";
import { contract, type OperationName } from "../../shared/contract/contract.ts";
import { operator, type Actor } from "../../shared/events/actor.ts";
import { historyStore } from "../../shared/events/history-store.ts";
import type { UserEvent } from "../../shared/events/user-event.ts";
import { normaliseAddress } from "../../shared/identity/email-address.ts";
import { pseudonyms } from "../../shared/identity/pseudonyms.ts";
import { metricMoved } from "../support/logs/moved-metrics.ts";
import {
  administer,
  runCreateAdmin,
  pathOf,
  signedInAdmin,
  signInAgain,
} from "../support/people/administrators.ts";
import { call, succeed, type Answer } from "../support/calls/api.ts";
import { wrongCode } from "../support/mail/wrong-code.ts";
import { expectFieldErrors, expectRefused } from "../support/assert/refusals.ts";
import { logWith } from "../support/stacks/function-logs.ts";
import { codeTo, letterTo, lettersTo } from "../support/mail/letters.ts";
import { limitsOf } from "../support/limits/stack-limits.ts";
import { itemsOf } from "../support/store/table-items.ts";
import { sharedStack } from "../support/stacks/test-stack.ts";
import { newPerson, register, signIn } from "../support/people/people.ts";
import { presetAccount, presetSession, presetSignIn } from "../support/presets/presets.ts";
import { registrationLettersTo } from "../../shared/limits/letter-limits.ts";
import { staffActs, userExportsOf } from "../../shared/limits/staff-limits.ts";

let stack: Awaited<ReturnType<typeof sharedStack>>;
let root: Awaited<ReturnType<typeof signedInAdmin>>;
beforeAll(async () => {
  stack = await sharedStack();
  root = await signedInAdmin(stack.folder);
});
// All tests of this file together make more changes than one administrator may.
beforeEach(() => limitsOf(stack).clear(staffActs(root.id)));

type Listed = { results: Record<string, unknown>[]; next: string | null; approximate_total: number | null };
const listed = ({ status, body, text }: Answer): Listed => {
  expect(status, text).toBe(200);
  return body as Listed;
};
const staffOperations = (Object.keys(contract) as OperationName[]).filter(
  (name) => contract[name].caller === "staff",
);
const unknownId = "00000000-0000-4000-8000-000000000000";
const newAdmin = () => signedInAdmin(stack.folder);

describe("staff permission", () => {
  it("is required before anything else is checked [ASVS 6.3.4, 8.2.1, 8.3.1]", async () => {
    const person = await presetSession(stack);
    for (const name of staffOperations) {
      const path = pathOf(name, root.id);
      expectRefused(await call(name, undefined, { path, token: person.access }), "permission_denied");
      expectRefused(await call(name, undefined, { path }), "not_authenticated");
    }
    expect(staffOperations).toHaveLength(16);
  });

  it("is read at each call, so a demotion takes effect immediately [ASVS 8.3.1]", async () => {
    const other = await newAdmin();
    listed(await administer(other, "listUsers"));
    const body = { is_staff: false, current_password: root.password };
    expect((await administer(root, "updateUser", { id: other.id, body })).status).toBe(200);
    expectRefused(await administer(other, "listUsers"), "token_not_valid");
    expect((await letterTo(other.email)).Subject).toContain("no longer an administrator");
    expectRefused(await administer(await signInAgain(other), "listUsers"), "permission_denied");
  });
});

describe("GET admin/users/", () => {
  it("lists the newest first and filters by state", async () => {
    const [active, pending] = [await presetAccount(stack), await register()];
    const { results } = listed(await administer(root, "listUsers"));
    const shown = (id: string) => results.find((person) => person["id"] === id);
    expect(shown(pending.id)).toMatchObject({ email: pending.email, state: "pending", is_active: false });
    expect(shown(active.id)).toMatchObject({
      email: active.email,
      username: active.username,
      state: "active",
      is_active: true,
      is_staff: false,
    });
    const created = results.map((person) => String(person["created"]));
    expect(created).toEqual(created.toSorted().toReversed());
    for (const state of ["active", "pending", "staff", "disabled"]) {
      const page = listed(await administer(root, "listUsers", { query: { state, limit: "100" } }));
      const ids = new Set(page.results.map(({ id }) => id));
      expect([ids.has(active.id), ids.has(pending.id), ids.has(root.id)]).toEqual([
        state === "active",
        state === "pending",
        state === "active" || state === "staff",
      ]);
    }
  });

  it("finds people by address, username, id and time of registration", async () => {
    const [active, pending] = [await presetAccount(stack), await register()];
    const found = async (query: Record<string, string>) =>
      listed(await administer(root, "listUsers", { query })).results.map(({ id }) => id);
    for (const { email, username, id } of [active, pending]) {
      const { body } = await administer(root, "getUser", { id });
      expect(body).toMatchObject({ id, email, username });
      const created = Date.parse((body as { created: string }).created);
      const [next, local] = [created + 1000, created + 7_200_000].map((at) => new Date(at).toISOString());
      for (const query of [
        { email: email.slice(0, 9).toUpperCase() },
        { email: ` "${email}"` },
        { username: username.toUpperCase() },
        { username: username.slice(0, 9), state: id === active.id ? "active" : "pending" },
        { id: ` ${id.toUpperCase()} ` },
        { email, registered_after: local!.replace(".000Z", "+02:00"), registered_before: next! },
      ])
        expect(await found(query), JSON.stringify(query)).toEqual([id]);
      for (const query of [
        { email, registered_after: next! },
        { username, registered_before: new Date(created).toISOString() },
        { username, state: "staff" },
        { id, state: "disabled" },
        { id: "x" },
      ])
        expect(await found(query), JSON.stringify(query)).toEqual([]);
      expect(await found({ registered_after: new Date(created).toISOString(), limit: "100" })).toContain(id);
    }
    // Without `encodeURIComponent`, a plus sign arrives as a space.
    const tagged = await register(newPerson({ email: newPerson().email.replace("@", "+News@b\u00fccher.") }));
    for (const email of [
      tagged.email.slice(0, -9),
      tagged.email.replace("+", " "),
      normaliseAddress(tagged.email),
    ])
      expect(await found({ email }), email).toEqual([tagged.id]);
  });

  it("tells about how many people there are, without a search", async () => {
    const total = async (query: Record<string, string>) =>
      listed(await administer(root, "listUsers", { query })).approximate_total;
    const [all, staff] = [await total({}), await total({ state: "staff" })];
    expect(all).toBeGreaterThan(1);
    expect(staff).toBeGreaterThan(0);
    expect(staff).toBeLessThan(Number(all));
    for (const query of [{ state: "active" }, { email: "a" }, { id: unknownId }])
      expect(await total(query)).toBeNull();
  });

  it("refuses invalid choices, invalid cursors and unknown ids", async () => {
    const query = { limit: "26", state: "gone" };
    expectFieldErrors(await administer(root, "listUsers", { query }), {
      limit: ['"26" is not a valid choice.'],
      state: ['"gone" is not a valid choice.'],
    });
    for (const registered_after of ["yesterday", "2026-02-30", "2026-11-22T25:00:00Z", "0"])
      expectFieldErrors(await administer(root, "listUsers", { query: { registered_after } }), {
        registered_after: [expect.stringContaining("Datetime has wrong format.")],
      });
    const backwards = { registered_after: "2026-11-22", registered_before: "2026-11-22T00:00" };
    expectFieldErrors(await administer(root, "listUsers", { query: backwards }), {
      registered_before: ["This time must be later than registered_after."],
    });
    for (const cursor of ["", "x", "%00", "9".repeat(4000)])
      for (const search of [{}, { username: "a" }, { id: unknownId }])
        expectRefused(
          await administer(root, "listUsers", { query: { ...search, cursor } }),
          "cursor_not_valid",
        );
    const body = { new_email: newPerson().email, current_password: root.password };
    for (const id of [unknownId, "x", "a".repeat(3000)])
      for (const name of staffOperations.filter((name) => contract[name].path.includes("{id}")))
        expectRefused(
          await administer(root, name, { id, ...(contract[name].method !== "GET" && { body }) }),
          "not_found",
        );
  });
});

describe("administrator", () => {
  it("deactivates an account immediately and reactivates it [ASVS 7.4.2]", async () => {
    const person = await presetSession(stack);
    const off = await administer(root, "updateUser", {
      id: person.id,
      body: { is_active: false, current_password: root.password },
    });
    expect(off.body).toMatchObject({ state: "disabled", is_active: false });
    expectRefused(await call("getMe", undefined, { token: person.access }), "user_inactive");
    expectRefused(await call("refreshToken", { refresh: person.refresh }), "token_not_valid");
    const query = { state: "disabled", email: person.email };
    expect(listed(await administer(root, "listUsers", { query })).results).toMatchObject([{ id: person.id }]);

    await administer(root, "updateUser", { id: person.id, body: { is_active: true } });
    expectRefused(await call("getMe", undefined, { token: person.access }), "token_not_valid");
    await signInAgain(person);
  });

  it("changes names, but not to a taken username", async () => {
    const [person, other] = [await presetAccount(stack), await presetAccount(stack)];
    const name = newPerson().username;
    const change = (body: object) => administer(root, "updateUser", { id: person.id, body });
    expect((await change({ username: name, first_name: "Ada" })).body).toMatchObject({
      username: name,
      first_name: "Ada",
      email: person.email,
    });
    expectFieldErrors(await change({ username: other.username }), {
      username: ["A user with that username already exists."],
    });
    expectFieldErrors(await change({ is_active: "yes" }), { is_active: ["Must be a valid boolean."] });
  });

  it("sees, sets and removes the language of a person", async () => {
    const { id, email } = await presetAccount(stack);
    const change = (body: object) => administer(root, "updateUser", { id, body });
    const seen = async () => {
      const [one, list] = [
        await administer(root, "getUser", { id }),
        await administer(root, "listUsers", { query: { email } }),
      ];
      expect(listed(list).results).toEqual([one.body]);
      return one.body;
    };
    expect(await seen()).toMatchObject({ locale: null });
    expect((await change({ locale: "fr-CA" })).body).toMatchObject({ locale: "fr", state: "active" });
    expect((await change({ first_name: "Ada" })).body).toMatchObject({ locale: "fr" });
    expect(await seen()).toMatchObject({ locale: "fr", first_name: "Ada" });
    expectFieldErrors(await change({ locale: "xx" }), { locale: ['"xx" is not a valid choice.'] });
    expect((await change({ locale: null })).body).toMatchObject({ locale: null });
    expect(await seen()).toMatchObject({ locale: null });
    const pending = await succeed("createUser", { ...newPerson(), locale: "es" });
    expect((await administer(root, "getUser", { id: pending.id })).body).toMatchObject({ locale: "es" });
  });

  it("never gets a 500 for a hostile value", async () => {
    const { id } = await presetAccount(stack);
    const fields = Object.keys(contract.updateUser.body.shape);
    const odd = [null, 0, -1.5, [], ["x"], {}, "", " ", "\0", "a\0b", "\ud800", "é".repeat(5000)];
    for (const field of fields)
      for (const value of odd) {
        const body = { [field]: value };
        const { status, text } = await administer(root, "updateUser", { id, body });
        expect([200, 400], `${JSON.stringify(body).slice(0, 60)} → ${text}`).toContain(status);
      }
    for (const search of ["\0", "\ufdfa".repeat(150), "x".repeat(151), "%", "#"])
      for (const field of ["username", "email", "id"]) {
        const { status, text } = await administer(root, "listUsers", { query: { [field]: search } });
        expect([200, 400], text).toContain(status);
      }
  });

  it("needs their own password to make someone staff [ASVS 7.5.1]", async () => {
    const person = await presetSession(stack);
    const promote = (body: object) =>
      administer(root, "updateUser", { id: person.id, body: { is_staff: true, ...body } });
    expectFieldErrors(await promote({}), { current_password: ["This field is required."] });
    expectFieldErrors(await promote({ current_password: person.password }), {
      current_password: ["Invalid password."],
    });
    const promoted = await promote({ current_password: root.password });
    expect(promoted.body).toMatchObject({ is_staff: true });
    expectRefused(await call("getMe", undefined, { token: person.access }), "token_not_valid");
    expect((await letterTo(person.email)).Subject).toContain("now an administrator");
    listed(await administer(await signInAgain(person), "listUsers"));
    expect((await promote({})).status).toBe(200);
  });

  it("can't delete, deactivate or demote their own account", async () => {
    const { id } = root;
    const { password: current_password } = root;
    for (const change of [{ is_active: false }, { is_staff: false }]) {
      const body = { ...change, current_password };
      expectRefused(await administer(root, "updateUser", { id, body }), "not_yourself");
    }
    expectRefused(await administer(root, "deleteUser", { id, body: { current_password } }), "not_yourself");
    const own = await call("deleteMe", { current_password: root.password }, { token: root.access });
    expectRefused(own, "not_yourself");
    const renamed = await administer(root, "updateUser", { id, body: { first_name: "Root" } });
    expect(renamed.body).toMatchObject({ first_name: "Root", is_staff: true, is_active: true });
  });

  it("remains when two administrators demote or delete each other", async () => {
    for (const [name, is_staff] of [
      ["updateUser", false],
      ["deleteUser", undefined],
    ] as const) {
      const [one, other] = await Promise.all([newAdmin(), newAdmin()]);
      const against = (actor: typeof one, target: typeof one) =>
        administer(actor, name, { id: target.id, body: { is_staff, current_password: actor.password } });
      const answers = await Promise.all([against(one, other), against(other, one)]);
      expect(answers.filter(({ status }) => status < 300)).toHaveLength(1);
      expect([401, 403]).toContain(answers.find(({ status }) => status >= 300)?.status);
    }
  });

  it("deletes an account completely, even while it is being changed [ASVS 7.4.2]", async () => {
    const person = await presetSession(stack);
    const change = () =>
      administer(root, "updateUser", { id: person.id, body: { username: newPerson().username } });
    const [deleted, ...changes] = await Promise.all([
      administer(root, "deleteUser", { id: person.id, body: { current_password: root.password } }),
      ...Array.from({ length: 4 }, change),
    ]);
    expect(deleted.status, deleted.text).toBe(204);
    for (const { status } of changes) expect([200, 404]).toContain(status);
    expectRefused(await call("getMe", undefined, { token: person.access }), "user_not_found");
    expectRefused(await administer(root, "getUser", { id: person.id }), "not_found");
    expect(listed(await administer(root, "listUsers", { query: { email: person.email } })).results).toEqual(
      [],
    );
    // The address and the username are free again.
    const { email, username } = person;
    expect((await letterTo(email)).Subject).toContain("your account was deleted");
    const letters = (await lettersTo(email)).length;
    await register(newPerson({ email, username }));
    await succeed("activateUser", { email, otp_code: await codeTo(email, letters + 1) });
  });
});

describe("act that takes something from a person", () => {
  it("needs the administrator's own password [ASVS 7.5.1]", async () => {
    const [person, frozen, other] = [
      await presetSession(stack),
      await presetAccount(stack),
      await newAdmin(),
    ];
    const new_email = newPerson().email;
    const move = { new_email: newPerson().email, mailbox: "lost", current_password: other.password };
    expect((await administer(other, "setUserEmail", { id: frozen.id, body: move })).status).toBe(204);
    for (const [name, id, body] of [
      ["deleteUser", person.id, {}],
      ["updateUser", person.id, { is_active: false }],
      ["updateUser", person.id, { is_staff: true }],
      ["updateUser", other.id, { is_staff: false }],
      ["setUserEmail", person.id, { new_email }],
      ["setUserEmail", person.id, { new_email, mailbox: "lost" }],
      ["confirmUserEmail", frozen.id, {}],
    ] as const) {
      expectFieldErrors(await administer(root, name, { id, body }), {
        current_password: ["This field is required."],
      });
      const wrong = { ...body, current_password: person.password };
      expectFieldErrors(await administer(root, name, { id, body: wrong }), {
        current_password: ["Invalid password."],
      });
    }
    await succeed("getMe", undefined, { token: person.access });
    expect((await administer(root, "getUser", { id: frozen.id })).body).toMatchObject({
      address_move: { confirmed: false },
    });
    expect((await administer(root, "getUser", { id: person.id })).body).toMatchObject({
      email: person.email,
      state: "active",
      is_staff: false,
    });
  });

  it("asks for no password if it changes nothing", async () => {
    const { id } = await presetAccount(stack);
    const change = (body: object) => administer(root, "updateUser", { id, body });
    expect((await change({ is_active: true, is_staff: false })).status).toBe(200);
    await change({ is_active: false, current_password: root.password });
    expect((await change({ is_active: false })).body).toMatchObject({ state: "disabled" });
    expect((await change({ is_active: true })).body).toMatchObject({ state: "active" });
  });
});

describe("acts of one administrator", () => {
  it("are limited to exactly 60 an hour, also in parallel", async () => {
    const [actor, other] = [await newAdmin(), await newAdmin()];
    const limits = limitsOf(stack);
    const { id } = await presetAccount(stack);
    const acts = [
      ["updateUser", { first_name: "Ada" }],
      ["updateUser", { is_active: false, current_password: actor.password }],
      ["updateUser", { is_active: true }],
      ["updateUser", { is_staff: true, current_password: actor.password }],
      ["updateUser", { is_staff: false, current_password: actor.password }],
      ["sendCode", undefined],
      ["unlockUser", undefined],
      ["endUserSessions", undefined],
      ["setUserEmail", { new_email: newPerson().email, current_password: actor.password }],
      ["setUserEmail", { new_email: newPerson().email, current_password: actor.password, mailbox: "lost" }],
      ["cancelUserEmail", undefined],
      ["deleteUser", { current_password: actor.password }],
    ] as const;
    for (const [index, [name, body]] of acts.entries()) {
      const { status, text } = await administer(actor, name, { id, body });
      expect(status, `${name}: ${text}`).toBeLessThan(300);
      expect(await limits.counted(staffActs(actor.id)), name).toEqual([index + 1]);
    }
    const { id: next } = await presetAccount(stack);
    const rest = Array.from({ length: 56 }, () => administer(actor, "unlockUser", { id: next }));
    const statuses = (await Promise.all(rest)).map(({ status }) => status);
    expect(statuses.filter((status) => status === 204)).toHaveLength(60 - acts.length);
    expect(statuses.filter((status) => status === 429)).toHaveLength(56 - (60 - acts.length));
    for (const [name, body] of acts.filter(([name]) => name !== "cancelUserEmail")) {
      const answer = await administer(actor, name, { id: next, body });
      // An unchanged state or rank is an act too.
      expectRefused(answer, "too_many_staff_acts");
      expect(Number(answer.headers.get("retry-after"))).toBeGreaterThan(0);
    }
    expect((await administer(actor, "getUser", { id: next })).body).toMatchObject({ state: "active" });
    listed(await administer(actor, "listUsers"));
    expect((await administer(other, "unlockUser", { id: next })).status).toBe(204);
    await metricMoved(stack, "StaffActsOverLimit");
    const { line } = await logWith(stack, "DeleteUser", ['"limited"', "too_many_staff_acts"]);
    expect(line).toContain('"operation":"deleteUser"');
  });
});

describe("registration, handled by staff", () => {
  it("gets a new code that replaces the older one", async () => {
    const person = await register();
    const older = await codeTo(person.email);
    expect((await administer(root, "sendCode", { id: person.id })).status).toBe(204);
    const newer = await codeTo(person.email, 2);
    const activate = (otp_code: string) => call("activateUser", { email: person.email, otp_code });
    expectRefused(await activate(older), "activation_refused");
    expect((await activate(newer)).status).toBe(200);
  });

  it("gets no more letters than its mailbox may have", async () => {
    const person = await register();
    const limits = limitsOf(stack);
    const older = await codeTo(person.email);
    await limits.exhaust(registrationLettersTo(await pseudonyms.ofMailbox(person.email)));
    expectRefused(await administer(root, "sendCode", { id: person.id }), "too_many_letters");
    expect((await call("activateUser", { email: person.email, otp_code: older })).status).toBe(200);
  });

  it("can be deleted but not changed", async () => {
    const person = await register();
    for (const body of [{ is_active: true }, { is_staff: true, current_password: root.password }])
      expectRefused(await administer(root, "updateUser", { id: person.id, body }), "not_activated");
    const code = await codeTo(person.email);
    const { password: current_password } = root;
    const deleted = await administer(root, "deleteUser", { id: person.id, body: { current_password } });
    expect(deleted.status, deleted.text).toBe(204);
    expectRefused(await call("activateUser", { email: person.email, otp_code: code }), "activation_refused");
    expectRefused(await administer(root, "getUser", { id: person.id }), "not_found");
    // The name stays reserved for its hour: to be free at once would reveal the deletion.
    const another = await call("createUser", newPerson({ username: person.username }));
    expectFieldErrors(another, { username: ["A user with that username already exists."] });
  });
});

describe("help by staff", () => {
  it("clears the wrong guesses counted against a person", async () => {
    const person = await presetAccount(stack);
    const guess = () => call("createToken", { email: person.email, otp_code: wrongCode("000000") });
    for (let tries = 0; tries < 5; tries += 1) expectRefused(await guess(), "sign_in_refused");
    expectRefused(await guess(), "too_many_code_guesses");
    expect((await administer(root, "unlockUser", { id: person.id })).status).toBe(204);
    expectRefused(await guess(), "sign_in_refused");
  });

  it("lists and ends a person's sessions [ASVS 7.4.5]", async () => {
    const person = await presetSession(stack);
    const sessions = (of: { id: string }) => administer(root, "listUserSessions", { id: of.id });
    expect(listed(await sessions(person)).results).toMatchObject([{ current: false }]);
    expect(listed(await sessions(root)).results.map(({ current }) => current)).toContain(true);
    expect((await administer(root, "endUserSessions", { id: person.id })).status).toBe(204);
    expect(listed(await sessions(person)).results).toEqual([]);
    expectRefused(await call("getMe", undefined, { token: person.access }), "token_not_valid");
    expectRefused(await call("refreshToken", { refresh: person.refresh }), "token_not_valid");
  });

  it("ends one session, which must be that person's [ASVS 7.4.5]", async () => {
    const person = await presetSession(stack);
    const { access } = await presetSignIn(stack, person);
    const sessions = async () =>
      listed(await administer(root, "listUserSessions", { id: person.id })).results.map(({ id }) =>
        String(id),
      );
    const end = (id: string, sessionId: string) => administer(root, "endUserSession", { id, sessionId });
    const [newest = "", older = ""] = await sessions();
    expectRefused(await end(root.id, newest), "not_found");
    expectRefused(await end(person.id, "no-session"), "not_found");
    expectRefused(await end(unknownId, newest), "not_found");
    expect((await end(person.id, newest)).status).toBe(204);
    expectRefused(await end(person.id, newest), "not_found");
    expect(await sessions()).toEqual([older]);
    const tokens = [person.access, access].map((token) => call("getMe", undefined, { token }));
    const statuses = (await Promise.all(tokens)).map(({ status }) => status);
    expect(statuses.toSorted((a, b) => a - b)).toEqual([200, 401]);
    const { line } = await logWith(stack, "EndUserSession", ['"session_ended"', person.id]);
    expect(line).toContain(`"actorId":"${root.id}"`);
  });

  it("shows the last sign-in, which a refresh doesn't change", async () => {
    const person = await presetAccount(stack);
    const shown = async () =>
      (await administer(root, "getUser", { id: person.id })).body as { last_sign_in: string | null };
    expect((await shown()).last_sign_in).toBeNull();
    const { access: token, refresh } = await signIn(person, 0);
    const { last_sign_in } = await shown();
    await succeed("refreshToken", { refresh });
    expect(Date.now() - Date.parse(last_sign_in ?? "")).toBeLessThan(60_000);
    expect(await shown()).toMatchObject({ last_sign_in });
    const { results } = listed(await administer(root, "listUsers", { query: { email: person.email } }));
    expect(results).toMatchObject([{ last_sign_in }]);
    expect(await succeed("exportMe", undefined, { token })).toMatchObject({ last_sign_in });
  });

  it("exports what the owner can export, after the administrator's own password", async () => {
    const [person, actor] = [await presetSession(stack), await newAdmin()];
    const exported = (id: string, current_password: string) =>
      administer(actor, "exportUser", { id, body: { current_password } });
    const wrong = { current_password: ["Invalid password."] };
    expectFieldErrors(await exported(person.id, person.password), wrong);
    expectRefused(await exported((await register()).id, actor.password), "not_activated");
    const answer = await exported(person.id, actor.password);
    const own = await succeed("exportMe", undefined, { token: person.access });
    const [session] = own.sessions;
    expect(answer.body).toEqual({
      ...own,
      exported: expect.any(String),
      counters: expect.arrayContaining(own.counters),
      sessions: [{ ...session, current: false }],
      // The stream tells late what has just happened.
      activity: expect.any(Array),
    });
    expect(answer.text).not.toMatch(/argon2id\$|otpDigest|passwordHash/);
    const { line } = await logWith(stack, "ExportUser", ['"user_exported"', person.id]);
    expect(line).toContain(`"actorId":"${actor.id}"`);
    await limitsOf(stack).exhaust(userExportsOf(actor.id));
    expectRefused(await exported(person.id, actor.password), "too_many_exports");
  });

  it("shows what happened to a person, who learns of no administrator's id", async () => {
    const person = await presetSession(stack);
    const event = (seconds: number, actor: Actor): UserEvent => {
      const id = `evt_${randomUUID().replaceAll("-", "")}`;
      return {
        id,
        type: "user.updated",
        at: 1_900_000_000 + seconds,
        userId: person.id,
        version: seconds,
        actor,
      };
    };
    const [own, byStaff, newest] = [
      event(1, { by: "person" }),
      event(2, { by: "staff", id: root.id }),
      event(3, operator),
    ];
    const clock = () => newest.at;
    await historyStore(clock).add([own, byStaff, newest]);
    const token = person.access;
    const ofThem = <Entry extends { id: string }>(entries: Entry[]) =>
      entries.filter(({ id }) => [own.id, byStaff.id, newest.id].includes(id));
    const shown = ofThem((await succeed("getActivity", undefined, { token })).results);
    const time = new Date(newest.at * 1000).toISOString();
    expect(shown[0]).toEqual({ id: newest.id, type: "user.updated", time, by: "an operator" });
    expect(shown.map(({ by }) => by)).toEqual(["an operator", "an administrator", "you"]);
    expect(ofThem((await succeed("exportMe", undefined, { token })).activity)).toEqual(shown);
    const forStaff = await administer(root, "listUserActivity", { id: person.id });
    const seen = ofThem((forStaff.body as { results: typeof shown }).results);
    expect(seen.map((entry) => Object.values(entry).slice(3))).toEqual([
      ["operator", null],
      ["staff", root.id],
      ["person", null],
    ]);
    const pathTo = (cursor: string) => ({ token, path: `${contract.getActivity.path}?cursor=${cursor}` });
    expectRefused(await call("getActivity", undefined, pathTo("x".repeat(60))), "cursor_not_valid");
    await succeed("deleteMe", { current_password: person.password }, { token });
    expectRefused(await call("getActivity", undefined, { token }), "user_not_found");
    expectRefused(await administer(root, "listUserActivity", { id: person.id }), "not_found");
  });

  it("names the administrator in what they change", async () => {
    const person = await presetAccount(stack);
    const stored = async () => {
      const users = await itemsOf(stack, "UsersTable");
      return users.find(({ pk }) => pk === `user#${person.id}` || pk === `goodbye#${person.id}`);
    };
    const changedBy = `staff:${root.id}`;
    await administer(root, "updateUser", { id: person.id, body: { first_name: "Ada" } });
    expect(await stored()).toMatchObject({ changedBy, version: 2 });
    await administer(root, "endUserSessions", { id: person.id });
    expect(await stored()).toMatchObject({ changedBy, version: 3 });
    const lost = { new_email: newPerson().email, current_password: root.password, mailbox: "lost" };
    await administer(root, "setUserEmail", { id: person.id, body: lost });
    await administer(root, "cancelUserEmail", { id: person.id });
    expect(await stored()).toMatchObject({ changedBy, version: 5, status: "active" });
    await administer(root, "deleteUser", { id: person.id, body: { current_password: root.password } });
    expect(await stored()).toMatchObject({ pk: `goodbye#${person.id}`, changedBy, version: 6 });
  });

  it("is logged with actor and changed fields, without values", async () => {
    const person = await presetAccount(stack);
    const body = { first_name: "Zebulon" };
    await administer(root, "updateUser", { id: person.id, body });
    const { log, line } = await logWith(stack, "UpdateUser", ['"user_changed"', person.id]);
    expect(line).toContain(`"actorId":"${root.id}"`);
    expect(line).toContain(`"changes":["firstName"]`);
    expect(log).not.toContain("Zebulon");
  });
});

describe("npm run create-admin", () => {
  it("promotes an account, replaces its password and ends its sessions", async () => {
    const person = await presetSession(stack);
    const again = { ...person, password: newPerson().password };
    for (const _ of [1, 2]) {
      const { code, stdout } = await runCreateAdmin(stack.folder, again);
      expect([code, stdout]).toEqual([0, expect.stringContaining("is an administrator of the local stack")]);
    }
    expectRefused(await call("getMe", undefined, { token: person.access }), "token_not_valid");
    const { email, password } = person;
    expectRefused(await call("requestOtp", { email, password }), "no_active_account");
    listed(await administer(await signInAgain(again), "listUsers"));
  });

  it("replaces a pending registration and takes over its username", async () => {
    const person = await register();
    const code = await codeTo(person.email);
    const admin = { ...person, password: newPerson().password };
    expect((await runCreateAdmin(stack.folder, admin)).code).toBe(0);
    expectRefused(await call("activateUser", { email: person.email, otp_code: code }), "activation_refused");
    await signInAgain(admin);
  });

  it("explains in one sentence what is wrong", async () => {
    const taken = await presetAccount(stack);
    for (const [changes, sentence] of [
      [
        { username: taken.username },
        `The username ${taken.username} is taken. Choose another with --username.`,
      ],
      [{ password: "iloveyou" }, "This password is too common."],
      [{ email: "nobody" }, "--email: Enter a valid email address."],
    ] as const) {
      const { code, stdout, stderr } = await runCreateAdmin(stack.folder, newPerson(changes));
      expect([code, stdout, stderr]).toEqual([1, "", `${sentence}\n`]);
    }
    const nowhere = await runCreateAdmin(mkdtempSync(join(stack.folder, "nowhere-")), newPerson());
    expect([nowhere.code, nowhere.stderr]).toEqual([1, expect.stringMatching(/^No local stack is running/)]);
  });
});
