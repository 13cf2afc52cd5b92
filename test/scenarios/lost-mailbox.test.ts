import { beforeAll, beforeEach, describe, expect, it } from "vitest";
import { moveDelaySeconds } from "../../shared/accounts/address-move-store.ts";
import type { OperationName } from "../../shared/contract/contract.ts";
import { pseudonyms } from "../../shared/identity/pseudonyms.ts";
import { addressChangeLettersTo } from "../../shared/limits/letter-limits.ts";
import { addressMoves, staffActs } from "../../shared/limits/staff-limits.ts";
import { metricMoved } from "../support/logs/moved-metrics.ts";
import { administer, signedInAdmin, signInAgain } from "../support/people/administrators.ts";
import { call, succeed, type Answer } from "../support/calls/api.ts";
import { runCommand } from "../support/calls/commands.ts";
import { comparable } from "../support/assert/comparable.ts";
import { expectFieldErrors, expectRefused } from "../support/assert/refusals.ts";
import { limitsOf } from "../support/limits/stack-limits.ts";
import { deliverOrder } from "../support/mail/deliver-order.ts";
import { codeIn, codeTo, letterTo, lettersTo } from "../support/mail/letters.ts";
import { allLettersSent, messagesIn } from "../support/mail/mail-queue.ts";
import { importRows, personToImport } from "../support/people/import-export.ts";
import { makeMoveDue } from "../support/people/due-move.ts";
import { newPerson, register, resetCode } from "../support/people/people.ts";
import { presetAccount, presetSession } from "../support/presets/presets.ts";
import { functionCalls } from "../support/stacks/function-calls.ts";
import { logWith } from "../support/stacks/function-logs.ts";
import { itemsOf } from "../support/store/table-items.ts";
import { sharedStack } from "../support/stacks/test-stack.ts";

type Administrator = Awaited<ReturnType<typeof signedInAdmin>>;
let stack: Awaited<ReturnType<typeof sharedStack>>;
let [root, second]: Administrator[] = [];
beforeAll(async () => {
  stack = await sharedStack();
  [root, second] = [await signedInAdmin(stack.folder), await signedInAdmin(stack.folder)];
});
beforeEach(async () => {
  const { clear } = limitsOf(stack);
  for (const { id } of [root!, second!]) await Promise.all([staffActs(id), addressMoves(id)].map(clear));
});

const start = (actor: Administrator, id: string, new_email: string, mailbox = "lost") =>
  administer(actor, "setUserEmail", { id, body: { new_email, mailbox, current_password: actor.password } });
const confirm = (actor: Administrator, id: string, more: object = {}) =>
  administer(actor, "confirmUserEmail", { id, body: { current_password: actor.password, ...more } });
const cancel = (actor: Administrator, id: string) => administer(actor, "cancelUserEmail", { id });
const shown = async (id: string) => (await administer(root!, "getUser", { id })).body;
const claim = (email: string, otp_code: string) => call("claimEmail", { email, otp_code });

/** A person who has lost their mailbox: `root` has started the move. */
const frozen = async () => {
  const person = await presetSession(stack);
  const newEmail = newPerson().email;
  const answer = await start(root!, person.id, newEmail);
  expect(answer.status, answer.text).toBe(204);
  return { ...person, newEmail, moved: { ...person, email: newEmail } };
};

const expectFrozen = async ({
  access,
  refresh,
  email,
  password,
}: Awaited<ReturnType<typeof presetSession>>) => {
  expectRefused(await call("getMe", undefined, { token: access }), "user_inactive");
  expectRefused(await call("refreshToken", { refresh }), "token_not_valid");
  expectRefused(await call("requestOtp", { email, password }), "no_active_account");
};

describe("move from a lost mailbox", () => {
  it("freezes the account and tells both mailboxes, without a code", async () => {
    const person = await frozen();
    await expectFrozen(person);
    await metricMoved(stack, "AddressMoves");
    for (const letter of [await letterTo(person.email), await letterTo(person.newEmail)]) {
      expect(() => codeIn(letter)).toThrow("no code");
      expect(letter.Body.text_part).toMatch(/\d{1,2} \w+ \d{4} at \d\d:\d\d UTC/);
    }
    expect(await shown(person.id)).toMatchObject({
      email: person.email,
      state: "disabled",
      is_active: false,
      address_move: { new_email: person.newEmail, started_by: root!.id, confirmed: false },
    });
    await succeed("resetPassword", { email: person.email });
    await allLettersSent(stack);
    expect(await lettersTo(person.email)).toHaveLength(1);
    const { line, log } = await logWith(stack, "SetUserEmail", ['"address_move_started"', person.id]);
    expect(line).toContain(`"actorId":"${root!.id}"`);
    for (const address of [person.email, person.newEmail]) expect(log).not.toContain(address);
  });

  it("revokes every code that the lost mailbox has received [ASVS 6.4.4]", async () => {
    const person = await presetSession(stack);
    const { email, password, access: token } = person;
    await succeed("setEmail", { new_email: newPerson().email, current_password: password }, { token });
    const undo = await codeTo(email);
    const reset = await resetCode(person, 1);
    await succeed("requestOtp", { email, password });
    const login = await codeTo(email, 3);
    expect((await start(root!, person.id, newPerson().email)).status).toBe(204);
    const new_password = newPerson().password;
    const tryAll = async () => {
      expectRefused(await call("createToken", { email, otp_code: login }), "sign_in_refused");
      expectRefused(await call("undoEmail", { email, otp_code: undo }), "code_refused");
      const body = { email, otp_code: reset, new_password };
      expectRefused(await call("confirmPasswordReset", body), "code_refused");
    };
    await tryAll();
    expect((await cancel(second!, person.id)).status).toBe(204);
    await tryAll();
    await allLettersSent(stack);
    await signInAgain(person);
  });

  it("takes effect when a second administrator confirms, and has no way back", async () => {
    const person = await frozen();
    const { id, newEmail } = person;
    expectRefused(await confirm(root!, id), "second_administrator_needed");
    expectFieldErrors(await confirm(second!, id, { new_email: newPerson().email }), {
      new_email: ["Another address is waiting for this account."],
    });
    expect((await confirm(second!, id, { new_email: newEmail.toUpperCase() })).status).toBe(204);
    const older = await codeTo(newEmail, 2);
    await expectFrozen(person);
    // A confirmation can be repeated, now by everyone, and replaces the code.
    expect((await confirm(root!, id)).status).toBe(204);
    const otp_code = await codeTo(newEmail, 3);
    expectRefused(await claim(newEmail, older), "code_refused");
    const claimed = await claim(newEmail, otp_code);
    expect(claimed).toMatchObject({ status: 200, body: { id, email: newEmail } });
    expect(claimed.headers.get("x-device-token")).toBeTruthy();
    expectRefused(await claim(newEmail, otp_code), "code_refused");
    expect(await shown(id)).toMatchObject({ state: "active", email: newEmail, address_move: null });
    expectRefused(await call("getMe", undefined, { token: person.access }), "token_not_valid");
    expectRefused(await call("requestOtp", person), "no_active_account");
    await signInAgain(person.moved);
    expectRefused(await confirm(second!, id), "no_address_move");
    expectRefused(await cancel(second!, id), "no_address_move");
    const users = await itemsOf(stack, "UsersTable");
    const ofOld = users.filter((item) => JSON.stringify(item).includes(person.email));
    expect(ofOld).toEqual([]);
  });

  it("takes effect by itself when it is due", async () => {
    const person = await frozen();
    const { id, newEmail } = person;
    await allLettersSent(stack);
    const delayed = () =>
      messagesIn(stack, "NoticeQueueUrl").delayed.filter(({ body }) => body.includes(id)).length;
    const stored = await itemsOf(stack, "UsersTable");
    const early = stored.find((item) => item["pk"] === `user#${id}`)?.["addressMove"]?.id;
    expect(delayed()).toBe(1);
    await deliverOrder(stack, { kind: "address_move_due", userId: id, moveId: early });
    expect([delayed(), (await lettersTo(newEmail)).length]).toEqual([2, 1]);
    const moveId = await makeMoveDue(stack, id);
    const order = { kind: "address_move_due", userId: id, moveId };
    await deliverOrder(stack, { ...order, moveId: "another" });
    expect(await lettersTo(newEmail)).toHaveLength(1);
    for (const _ of [1, 2]) await deliverOrder(stack, order);
    expect(await lettersTo(newEmail)).toHaveLength(2);
    expect((await claim(newEmail, await codeTo(newEmail, 2))).status).toBe(200);
    await deliverOrder(stack, order);
    expect(await lettersTo(newEmail)).toHaveLength(2);
    await signInAgain(person.moved);
  });

  it("isn't confirmed by an administrator who was appointed after its start", async () => {
    const { id, newEmail } = await frozen();
    const accomplice = await presetSession(stack);
    const body = { is_staff: true, current_password: root!.password };
    const appointed = await administer(root!, "updateUser", { id: accomplice.id, body });
    expect(appointed.status, appointed.text).toBe(200);
    await letterTo(accomplice.email);
    const actor = { ...accomplice, ...(await signInAgain(accomplice)) };
    expectRefused(await confirm(actor, id), "second_administrator_needed");
    expect(await lettersTo(newEmail)).toHaveLength(1);
    await makeMoveDue(stack, id);
    expect((await confirm(actor, id)).status).toBe(204);
  });

  it("isn't prevented by users who ask for the same new address", async () => {
    const [person, newEmail] = [await presetAccount(stack), newPerson().email];
    const mailbox = await pseudonyms.ofMailbox(newEmail);
    await limitsOf(stack).exhaust(addressChangeLettersTo(mailbox));
    expect((await start(root!, person.id, newEmail)).status).toBe(204);
    expect((await confirm(second!, person.id)).status).toBe(204);
  });

  it("can be confirmed by its starter once it is due", async () => {
    const { id, newEmail } = await frozen();
    expectRefused(await confirm(root!, id), "second_administrator_needed");
    await makeMoveDue(stack, id);
    expect((await confirm(root!, id)).status).toBe(204);
    expect((await claim(newEmail, await codeTo(newEmail, 2))).status).toBe(200);
  });

  it("is cancelled by any administrator until it is claimed", async () => {
    for (const actor of [root!, second!]) {
      const person = await frozen();
      await confirm(second!, person.id);
      const otp_code = await codeTo(person.newEmail, 2);
      expect((await cancel(actor, person.id)).status).toBe(204);
      expectRefused(await claim(person.newEmail, otp_code), "code_refused");
      expect(await shown(person.id)).toMatchObject({ state: "active", address_move: null });
      expectRefused(await call("getMe", undefined, { token: person.access }), "token_not_valid");
      expect((await letterTo(person.email, 2)).Subject).toContain("keeps its email address");
      await signInAgain(person);
    }
  });

  it("can't be ended by activation, deactivation, rank or other acts", async () => {
    const person = await frozen();
    const { id } = person;
    const current_password = root!.password;
    const acts: [OperationName, object?][] = [
      ["updateUser", { is_active: true }],
      ["updateUser", { is_active: false, current_password }],
      ["updateUser", { is_staff: true, current_password }],
      ["setUserEmail", { new_email: newPerson().email, current_password }],
      ["sendCode"],
    ];
    for (const [name, body] of acts)
      expectRefused(await administer(root!, name, { id, body }), "account_frozen");
    const { code, stderr } = await runCommand(
      "create-admin",
      ["--email", person.email, "--username", person.username],
      { folder: stack.folder, input: `${newPerson().password}\n` },
    );
    expect([code, stderr]).toEqual([1, expect.stringContaining("is frozen")]);
    await expectFrozen(person);
    const renamed = await administer(root!, "updateUser", { id, body: { first_name: "Ada" } });
    expect(renamed.body).toMatchObject({ first_name: "Ada", state: "disabled" });
  });

  it("accepts a corrected address, which needs its own confirmation", async () => {
    const { id, newEmail } = await frozen();
    await confirm(second!, id);
    const mistaken = await codeTo(newEmail, 2);
    const right = newPerson().email;
    expect((await start(second!, id, right)).status).toBe(204);
    expectRefused(await claim(newEmail, mistaken), "code_refused");
    expectRefused(await confirm(second!, id), "second_administrator_needed");
    expectFieldErrors(await confirm(root!, id, { new_email: newEmail }), {
      new_email: ["Another address is waiting for this account."],
    });
    expect((await confirm(root!, id)).status).toBe(204);
    expect((await claim(right, await codeTo(right, 2))).status).toBe(200);
  });

  it("starts only for active accounts that aren't staff", async () => {
    const [person, pending] = [await presetAccount(stack), await register()];
    const { email } = newPerson();
    expectRefused(await start(root!, second!.id, email), "operator_needed");
    expectRefused(await start(root!, root!.id, email), "operator_needed");
    expectRefused(await start(root!, pending.id, email), "not_activated");
    expectFieldErrors(await start(root!, person.id, email, "stolen"), {
      mailbox: ['"stolen" is not a valid choice.'],
    });
    expectFieldErrors(await start(root!, person.id, person.email), {
      new_email: ["This is the account's address already."],
    });
    const body = { is_active: false, current_password: root!.password };
    await administer(root!, "updateUser", { id: person.id, body });
    expectRefused(await start(root!, person.id, email), "deactivated");
    expectRefused(await confirm(root!, person.id), "no_address_move");
    expect(await lettersTo(email)).toEqual([]);
  });

  it("is started five times a day by one administrator", async () => {
    const people = await Promise.all(Array.from({ length: 7 }, () => presetAccount(stack)));
    const answers = await Promise.all(people.map(({ id }) => start(root!, id, newPerson().email)));
    expect(answers.filter(({ status }) => status === 204)).toHaveLength(5);
    for (const answer of answers.filter(({ status }) => status !== 204))
      expectRefused(answer, "too_many_address_moves");
    expect((await start(root!, (await presetAccount(stack)).id, newPerson().email, "reachable")).status).toBe(
      204,
    );
    expect((await start(second!, (await presetAccount(stack)).id, newPerson().email)).status).toBe(204);
  });

  it("notifies the address before an undoable change, and ends its undo", async () => {
    const person = await presetSession(stack);
    const between = newPerson().email;
    const { access: token, password: current_password } = person;
    await succeed("setEmail", { new_email: between, current_password }, { token });
    const undo = await codeTo(person.email);
    await succeed("confirmEmail", { otp_code: await codeTo(between) }, { token });
    const { email: newEmail } = newPerson();
    expect((await start(root!, person.id, newEmail)).status).toBe(204);
    for (const [address, count] of [
      [person.email, 2],
      [between, 2],
    ] as const)
      expect((await letterTo(address, count)).Subject).toContain("is frozen");
    const undoing = () => call("undoEmail", { email: person.email, otp_code: undo });
    expectRefused(await undoing(), "code_refused");
    await confirm(second!, person.id);
    expect((await claim(newEmail, await codeTo(newEmail, 2))).status).toBe(200);
    expectRefused(await undoing(), "code_refused");
    // The earlier address is free again, and the lost one is not.
    const newcomer = await register(newPerson({ email: person.email }));
    await succeed("activateUser", { email: newcomer.email, otp_code: await codeTo(newcomer.email, 3) });
  });

  it("may lead back to the earlier address of an undoable change", async () => {
    const person = await presetSession(stack);
    const lost = newPerson().email;
    const { access: token, password: current_password } = person;
    await succeed("setEmail", { new_email: lost, current_password }, { token });
    await succeed("confirmEmail", { otp_code: await codeTo(lost) }, { token });
    expect((await start(root!, person.id, person.email)).status).toBe(204);
    await letterTo(person.email, 3);
    await confirm(second!, person.id);
    expect((await claim(person.email, await codeTo(person.email, 4))).status).toBe(200);
    await signInAgain(person);
  });
});

describe("replaced mailbox", () => {
  it("is refused everywhere and gets no letter [ASVS 6.4.4]", async () => {
    const person = await frozen();
    await confirm(second!, person.id);
    await succeed("claimEmail", { email: person.newEmail, otp_code: await codeTo(person.newEmail, 2) });
    const { email } = person;
    const letters = (await lettersTo(email)).length;

    const newcomer = await register(newPerson({ email }));
    await succeed("requestOtp", newcomer);
    await succeed("resetPassword", { email });
    const other = await presetSession(stack);
    const { access: token, password: current_password } = other;
    await succeed("setEmail", { new_email: email, current_password }, { token });
    const { access: own } = await signInAgain(person.moved);
    await succeed("setEmail", { new_email: email, current_password: person.password }, { token: own });
    for (const mailbox of ["reachable", "lost"])
      expectFieldErrors(await start(root!, other.id, email, mailbox), {
        new_email: ["This address is still reserved after an earlier change of address."],
      });
    await allLettersSent(stack);
    expect(await lettersTo(email)).toHaveLength(letters);

    const { code, stderr } = await importRows(stack.folder, [personToImport("argon2id", { email }).row]);
    expect([code, stderr]).toEqual([1, expect.stringContaining("lost that mailbox")]);
    const admin = await runCommand("create-admin", ["--email", email, "--username", newPerson().username], {
      folder: stack.folder,
      input: `${newPerson().password}\n`,
    });
    expect([admin.code, admin.stderr]).toEqual([1, expect.stringContaining("lost that mailbox")]);
    expectRefused(await call("undoEmail", { email, otp_code: "AAAA-BBBB-CCCC-DDDD" }), "code_refused");
  });

  it("answers and calls as an unknown address", async () => {
    const callsOf = async (work: () => Promise<Answer>) => {
      stack.resetCalls();
      const answer = comparable(await work());
      return { answer, functions: functionCalls(stack) };
    };
    const person = await frozen();
    const waiting = await frozen();
    await confirm(second!, waiting.id);
    await codeTo(waiting.newEmail, 2);
    await confirm(second!, person.id);
    await succeed("claimEmail", { email: person.newEmail, otp_code: await codeTo(person.newEmail, 2) });
    const [retired, free] = [person.email, newPerson().email];
    const otp_code = "AAAA-BBBB-CCCC-DDDD";
    const works = [
      (email: string) => call("claimEmail", { email, otp_code }),
      (email: string) => call("undoEmail", { email, otp_code }),
      (email: string) => call("requestOtp", { email, password: "Granite-hhhh" }),
      (email: string) => call("activateUser", { email, otp_code: "000 000" }),
    ];
    for (const work of works) {
      await work(newPerson().email);
      const known = await callsOf(() => work(retired));
      expect(known).toEqual(await callsOf(() => work(free)));
    }
    const [claiming] = works;
    expect(await callsOf(() => claiming!(waiting.newEmail))).toEqual(await callsOf(() => claiming!(free)));
  });
});

describe("move from a lost mailbox, concurrent", () => {
  it("is claimed or cancelled, and never both", async () => {
    const race = async () => {
      const person = await frozen();
      await confirm(second!, person.id);
      const otp_code = await codeTo(person.newEmail, 2);
      const [claimed, cancelled] = await Promise.all([
        claim(person.newEmail, otp_code),
        cancel(second!, person.id),
      ]);
      const won = claimed.status === 200;
      expect([claimed.status, cancelled.status]).toEqual(won ? [200, 400] : [400, 204]);
      const email = won ? person.newEmail : person.email;
      expect(await shown(person.id)).toMatchObject({ state: "active", email, address_move: null });
      await signInAgain({ ...person, email });
    };
    await Promise.all([race(), race()]);
  });

  it("has one address when two administrators start at once", async () => {
    const person = await presetSession(stack);
    const [one, other] = [newPerson().email, newPerson().email];
    const started = await Promise.all([start(root!, person.id, one), start(second!, person.id, other)]);
    for (const { status, text } of started) expect(status, text).toBe(204);
    const { address_move: move } = (await shown(person.id)) as {
      address_move: { new_email: string; started_by: string };
    };
    const starter = move.new_email === one ? root! : second!;
    expect(move.started_by).toBe(starter.id);
    expectRefused(await confirm(starter, person.id), "second_administrator_needed");
  });

  it("needs the rank of the administrator at the moment of the act", async () => {
    const person = await frozen();
    const third = await signedInAdmin(stack.folder);
    const body = { is_staff: false, current_password: root!.password };
    const [demoted, answer] = await Promise.all([
      administer(root!, "updateUser", { id: third.id, body }),
      confirm(third, person.id),
    ]);
    expect(demoted.status).toBe(200);
    expect([204, 401, 403]).toContain(answer.status);
    expect([401, 403]).toContain((await confirm(third, person.id)).status);
    expect([401, 403]).toContain((await cancel(third, person.id)).status);
  });
});

describe("npm run users:move", () => {
  const run = (...parameters: string[]) => runCommand("move-user", parameters, stack);

  it("moves an administrator, who can do nothing meanwhile", async () => {
    const admin = await signedInAdmin(stack.folder);
    const { email: newEmail } = newPerson();
    const started = await run("start", "--email", admin.email, "--new-email", newEmail);
    expect(started, started.stderr).toMatchObject({ code: 0 });
    expectRefused(await administer(admin, "listUsers"), "user_inactive");
    expectRefused(await confirm(second!, admin.id), "operator_needed");
    expectRefused(await start(root!, admin.id, newPerson().email), "operator_needed");
    expect(await shown(admin.id)).toMatchObject({ address_move: { started_by: null } });
    expect(await run("confirm", "--email", admin.email)).toMatchObject({ code: 0 });
    await succeed("claimEmail", { email: newEmail, otp_code: await codeTo(newEmail, 2) });
    const tokens = await signInAgain({ ...admin, email: newEmail });
    expect((await administer(tokens, "listUsers")).status).toBe(200);
  });

  it("confirms and cancels what an administrator started", async () => {
    const [person, other] = [await frozen(), await frozen()];
    expect(await run("confirm", "--email", person.email)).toMatchObject({ code: 0 });
    expect((await claim(person.newEmail, await codeTo(person.newEmail, 2))).status).toBe(200);
    expect(await run("cancel", "--email", other.email)).toMatchObject({ code: 0 });
    await letterTo(other.email, 2);
    await signInAgain(other);
  });

  it("explains in one sentence what is wrong", async () => {
    const { email } = await presetAccount(stack);
    for (const [parameters, sentence] of [
      [["stop", "--email", email], "Name one act. Usage: npm run users:move"],
      [["start", "--email", email], "--new-email is missing. Usage: npm run users:move"],
      [["confirm", "--email", email], "No change to another mailbox is waiting for this account."],
      [["cancel", "--email", newPerson().email], "No account has the address"],
      [["start", "--email", email, "--new-email", email], "The account has this address already."],
    ] as const) {
      const { code, stdout, stderr } = await run(...parameters);
      expect([code, stdout, stderr]).toEqual([1, "", expect.stringContaining(sentence)]);
    }
  });
});

it("the freeze lasts 72 hours", () => {
  expect(moveDelaySeconds).toBe(72 * 3_600);
});
