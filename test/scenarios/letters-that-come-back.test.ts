// What a bounce or a complaint does, and who learns of it.
import { setTimeout as delay } from "node:timers/promises";
import { beforeAll, beforeEach, describe, expect, it } from "vitest";
import { deliveryPk } from "../../shared/delivery/delivery-store.ts";
import { pseudonyms } from "../../shared/identity/pseudonyms.ts";
import { staffActs } from "../../shared/limits/staff-limits.ts";
import { call, succeed } from "../support/calls/api.ts";
import { eventually } from "../support/assert/eventually.ts";
import { expectRefused } from "../support/assert/refusals.ts";
import { limitsOf } from "../support/limits/stack-limits.ts";
import { bounceOf, complaintOf, feed, report } from "../support/mail/feedback.ts";
import { letterTo, lettersTo } from "../support/mail/letters.ts";
import { allLettersSent } from "../support/mail/mail-queue.ts";
import { administer, signedInAdmin } from "../support/people/administrators.ts";
import { activated, newPerson, personElsewhere, register, signIn } from "../support/people/people.ts";
import { presetAccount, presetSession } from "../support/presets/presets.ts";
import { logWith } from "../support/stacks/function-logs.ts";
import { sharedStack } from "../support/stacks/test-stack.ts";
import { itemsOf } from "../support/store/table-items.ts";

let stack: Awaited<ReturnType<typeof sharedStack>>;
let root: Awaited<ReturnType<typeof signedInAdmin>>;
beforeAll(async () => {
  stack = await sharedStack();
  limitsOf(stack);
  root = await signedInAdmin(stack.folder);
});
beforeEach(() => limitsOf(stack).clear(staffActs(root.id)));

/** Without a password, because its hash would take time. */
const elsewhere = () => {
  const { username, email } = personElsewhere();
  return { username, email };
};
const keyOf = ({ email }: { email: string }) => pseudonyms.ofAddress(email);
const unknown = { state: "fine", reason: null, at: null };
const deliveryOf = async (id: string) => {
  const { status, body, text } = await administer(root, "getUser", { id });
  expect(status, text).toBe(200);
  return (body as { delivery: unknown }).delivery;
};
const storedStates = async () =>
  (await itemsOf(stack, "UsersTable")).filter(({ pk }) => String(pk).startsWith("delivery#"));

describe("bounce or complaint", () => {
  it("shows in the view, the list and a search by name", async () => {
    const person = await presetAccount(stack, elsewhere());
    expect(await deliveryOf(person.id)).toEqual(unknown);
    const recipient = await keyOf(person);
    const before = (milliseconds: number) => new Date(Date.now() - milliseconds).toISOString();
    const [sentAt, at] = [before(2_000), before(500)];
    await feed(stack, bounceOf({ recipient, at, sentAt }));
    const delivery = { state: "undeliverable", reason: "no_such_mailbox", at };
    expect(await deliveryOf(person.id)).toEqual(delivery);
    for (const query of [{ email: person.email }, { username: person.username }]) {
      const { body } = await administer(root, "listUsers", { query });
      expect(body).toMatchObject({ results: [{ id: person.id, delivery }] });
    }
    const patched = await administer(root, "updateUser", { id: person.id, body: { first_name: "Ada" } });
    expect(patched.body).toMatchObject({ first_name: "Ada", delivery });
  });

  it("is in the export of the person", async () => {
    const { access: token, email } = await presetSession(stack, elsewhere());
    expect(await succeed("exportMe", undefined, { token })).toMatchObject({ delivery: unknown });
    await feed(stack, complaintOf({ recipient: await keyOf({ email }) }));
    const { delivery } = await succeed("exportMe", undefined, { token });
    expect(delivery).toMatchObject({ state: "complained", reason: "complaint" });
  });

  it("of a registration shows nothing to staff", async () => {
    const { id, email } = await register();
    await feed(stack, complaintOf({ recipient: await keyOf({ email }), kind: "activation" }));
    expect(await deliveryOf(id)).toBeNull();
    const { body } = await administer(root, "listUsers", { query: { email } });
    expect(body).toMatchObject({ results: [{ delivery: null }] });
  });

  it("is not stored for an address that has no use for it", async () => {
    const before = (await storedStates()).length;
    await feed(
      stack,
      bounceOf({ recipient: await keyOf(newPerson()), kind: "goodbye" }),
      bounceOf({ recipient: await keyOf(newPerson()), kind: "login" }),
      complaintOf({ recipient: await keyOf(newPerson()), kind: "email_given_back" }),
      bounceOf({
        recipient: await keyOf(await presetAccount(stack)),
        bounceType: "Transient",
        mailbox: "other",
      }),
    );
    expect(await storedStates()).toHaveLength(before);
  });

  it("is dated by no other server's wrong clock", async () => {
    const person = await presetAccount(stack, elsewhere());
    const recipient = await keyOf(person);
    await feed(stack, bounceOf({ recipient, at: "2199-01-01T00:00:00.000Z" }));
    const stored = (await storedStates()).find(({ pk }) => pk === deliveryPk(recipient));
    const now = Math.floor(Date.now() / 1000);
    expect(stored?.["stoppedUntil"]).toBeLessThanOrEqual(now + 3_600);
    expect(stored?.["expiresAt"]).toBeLessThanOrEqual(now + 90 * 86_400);
    await delay(1_000);
    await feed(stack, complaintOf({ recipient }));
    expect(await deliveryOf(person.id)).toMatchObject({ state: "complained" });
  });

  it("leaves with the account", async () => {
    const { access: token, email, password } = await presetSession(stack, elsewhere());
    const recipient = await keyOf({ email });
    await feed(stack, complaintOf({ recipient }));
    await succeed("deleteMe", { current_password: password }, { token });
    expect((await storedStates()).map(({ pk }) => pk)).not.toContain(deliveryPk(recipient));
  });

  it("is stored and logged without the address", async () => {
    const person = await presetAccount(stack, elsewhere());
    await feed(stack, bounceOf({ recipient: await keyOf(person) }));
    const stored = (await storedStates()).map((item) => JSON.stringify(item)).join();
    expect(stored).not.toContain("@");
    const { log } = await logWith(stack, "Feedback", ["stopped"]);
    expect(log).not.toContain(person.email);
  });
});

describe("registration with a missing mailbox", () => {
  it("is removed, and its name stays reserved", async () => {
    const person = await register(personElsewhere());
    await letterTo(person.email);
    await feed(stack, bounceOf({ recipient: await keyOf(person), kind: "activation" }));
    expectRefused(await administer(root, "getUser", { id: person.id }), "not_found");
    expect((await call("createUser", newPerson({ username: person.username }))).status).toBe(400);
    expect((await call("requestOtp", person)).status).toBe(401);
  });

  it("stays if it began after the letter that came back", async () => {
    const person = await register(personElsewhere());
    await letterTo(person.email);
    const sentAt = new Date(Date.now() - 60_000).toISOString();
    await feed(stack, bounceOf({ recipient: await keyOf(person), kind: "activation", sentAt }));
    expect((await administer(root, "getUser", { id: person.id })).status).toBe(200);
  });

  it("stays for any other trouble", async () => {
    const person = await register(personElsewhere());
    const about = { recipient: await keyOf(person), kind: "activation" };
    await feed(
      stack,
      bounceOf({ ...about, mailbox: "other" }),
      bounceOf({ ...about, bounceSubType: "Suppressed" }),
      complaintOf(about),
    );
    expect((await administer(root, "getUser", { id: person.id })).status).toBe(200);
  });

  it("is removed alike if an account has the address", async () => {
    const owner = await presetAccount(stack, elsewhere());
    const stranger = await register(newPerson({ email: owner.email }));
    await letterTo(owner.email);
    await feed(stack, bounceOf({ recipient: await keyOf(owner), kind: "address_taken" }));
    expectRefused(await administer(root, "getUser", { id: stranger.id }), "not_found");
    expect((await call("requestOtp", stranger)).status).toBe(401);
    expect(await deliveryOf(owner.id)).toMatchObject({ state: "undeliverable" });
  });
});

describe("code letters to a missing mailbox", () => {
  it("stop, and the request is answered as before", async () => {
    const person = await presetAccount(stack, elsewhere());
    await feed(stack, bounceOf({ recipient: await keyOf(person) }));
    const before = (await lettersTo(person.email)).length;
    expect((await call("requestOtp", person)).body).toEqual({
      detail: "OTP successfully sent by email",
    });
    expect((await call("resetPassword", { email: person.email })).status).toBe(204);
    await allLettersSent(stack);
    expect(await lettersTo(person.email)).toHaveLength(before);
    await logWith(stack, "Mailer", ["no_mailbox", "login"]);
    const waiting = (await itemsOf(stack, "UsersTable")).find(({ pk }) => pk === `user#${person.id}`);
    expect(waiting).not.toHaveProperty("otpDigest");
  });
});

describe("POST admin/users/{id}/retry-delivery/", () => {
  const inState = (id: string, state: string) =>
    eventually(`the state ${state}`, async () => {
      const delivery = await deliveryOf(id);
      return (delivery as { state: string }).state === state ? delivery : undefined;
    });

  it("lets letters leave again, and the address off SES's list", async () => {
    const person = await activated(personElsewhere());
    await report((await letterTo(person.email)).Id, "bounce");
    expect(await inState(person.id, "undeliverable")).toMatchObject({ reason: "no_such_mailbox" });
    await succeed("requestOtp", person);
    await allLettersSent(stack);
    expect(await lettersTo(person.email)).toHaveLength(1);

    stack.resetCalls();
    const lifted = await administer(root, "retryDelivery", { id: person.id });
    expect([lifted.status, lifted.text]).toEqual([204, ""]);
    expect(stack.calls()["RetryDelivery"]).toMatchObject({ "ses:DeleteSuppressedDestination": 1 });
    expect(await deliveryOf(person.id)).toMatchObject({ state: "fine", reason: null });
    await logWith(stack, "RetryDelivery", ['"delivery_retried"', person.id, root.id]);
    // A late event of a letter of before.
    const sentAt = new Date(Date.now() - 10_000).toISOString();
    await feed(stack, bounceOf({ recipient: await keyOf(person), sentAt, at: new Date().toISOString() }));
    await signIn(person);
    const { body } = await administer(root, "getUser", { id: person.id });
    expect(body).toMatchObject({ delivery: { state: "fine" } });
  });

  it("forgets a complaint, which had stopped nothing", async () => {
    const person = await activated(personElsewhere());
    await report((await letterTo(person.email)).Id, "complaint");
    await inState(person.id, "complained");
    await signIn(person);
    expect((await administer(root, "retryDelivery", { id: person.id })).status).toBe(204);
    expect(await deliveryOf(person.id)).toMatchObject({ state: "fine", reason: null });
  });

  it("changes nothing if SES doesn't answer", async () => {
    const person = await presetAccount(stack, elsewhere());
    await feed(stack, bounceOf({ recipient: await keyOf(person) }));
    const { remove } = stack.faults.add({
      principal: "RetryDelivery",
      operation: "DeleteSuppressedDestination",
      error: { code: "TooManyRequestsException", status: 429 },
      times: 10,
    });
    expect((await administer(root, "retryDelivery", { id: person.id })).status).toBe(503);
    remove();
    expect(await deliveryOf(person.id)).toMatchObject({ state: "undeliverable" });
  });

  it("is refused for a registration and for unknown ids", async () => {
    const { id } = await register();
    expectRefused(await administer(root, "retryDelivery", { id }), "not_activated");
    const unknownId = "00000000-0000-4000-8000-000000000000";
    expectRefused(await administer(root, "retryDelivery", { id: unknownId }), "not_found");
  });
});
