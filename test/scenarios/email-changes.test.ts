import { beforeAll, describe, expect, it } from "vitest";
import { administer, signedInAdmin, signInAgain } from "../support/people/administrators.ts";
import { call, succeed, type Answer } from "../support/calls/api.ts";
import { personToImport, importRows } from "../support/people/import-export.ts";
import { eventually } from "../support/assert/eventually.ts";
import { comparable } from "../support/assert/comparable.ts";
import { expectFieldErrors, expectRefused } from "../support/assert/refusals.ts";
import { logWith } from "../support/stacks/function-logs.ts";
import { deliverOrder } from "../support/mail/deliver-order.ts";
import { allLettersSent } from "../support/mail/mail-queue.ts";
import { codeIn, codeTo, letterTo, lettersTo } from "../support/mail/letters.ts";
import { newPerson, register } from "../support/people/people.ts";
import { presetAccount, presetSession } from "../support/presets/presets.ts";
import { functionCalls } from "../support/stacks/function-calls.ts";
import { sharedStack } from "../support/stacks/test-stack.ts";

let stack: Awaited<ReturnType<typeof sharedStack>>;
let root: Awaited<ReturnType<typeof signedInAdmin>>;
beforeAll(async () => {
  stack = await sharedStack();
  root = await signedInAdmin(stack.folder);
});

const wrongCode = "AAAA-BBBB-CCCC-DDDD";
const addressOf = async (access: string) => (await succeed("getMe", undefined, { token: access })).email;

// A person who has asked for a new address, with the codes from both mailboxes.
const moving = async () => {
  const person = await presetSession(stack);
  const { email } = newPerson();
  const body = { new_email: email, current_password: person.password };
  await succeed("setEmail", body, { token: person.access });
  const confirm = async (otp_code: string) => call("confirmEmail", { otp_code }, { token: person.access });
  return {
    ...person,
    newEmail: email,
    code: await codeTo(email),
    undo: await codeTo(person.email),
    confirm,
  };
};
const once = (status: number) => ({ [status]: 1, 400: 7 });
const counted = (answers: Answer[]) =>
  answers.reduce<Record<number, number>>(
    (counts, { status }) => ({ ...counts, [status]: (counts[status] ?? 0) + 1 }),
    {},
  );
const undo = (email: string, otp_code: string) => call("undoEmail", { email, otp_code });

describe("email change, concurrent", () => {
  it("accepts each code exactly once [ASVS 6.5.1]", async () => {
    const person = await moving();
    const eight = Array.from({ length: 8 });
    const confirmed = await Promise.all(eight.map(() => person.confirm(person.code)));
    expect(counted(confirmed)).toEqual(once(200));
    const undone = await Promise.all(eight.map(() => undo(person.email, person.undo)));
    expect(counted(undone)).toEqual(once(204));
    await letterTo(person.email, 2);
    await signInAgain(person);
  });

  it("gives the address to either the change or a registration", async () => {
    const race = async () => {
      const person = await moving();
      const newcomer = await register(newPerson({ email: person.newEmail }));
      const otp_code = await codeTo(person.newEmail, 2);
      const activate = () => call("activateUser", { email: person.newEmail, otp_code });
      const answers = await Promise.all([person.confirm(person.code), activate()]);
      expect(counted(answers)).toEqual({ 200: 1, 400: 1 });
      const [moved] = answers.map(({ status }) => status === 200);
      expect(await addressOf(person.access)).toBe(moved ? person.newEmail : person.email);
      const owner = moved ? { ...person, email: person.newEmail } : newcomer;
      expect(await addressOf((await signInAgain(owner)).access)).toBe(person.newEmail);
      if (!moved) await signInAgain(person);
    };
    await Promise.all([race(), race(), race()]);
  });

  it("ends undone when confirmation and undo race", async () => {
    const race = async () => {
      const person = await moving();
      const [, undone] = await Promise.all([person.confirm(person.code), undo(person.email, person.undo)]);
      expect(undone.status).toBe(204);
      await letterTo(person.email, 2);
      const { access } = await signInAgain(person);
      expect(await addressOf(access)).toBe(person.email);
      const body = { email: person.newEmail, password: person.password };
      expectRefused(await call("requestOtp", body), "no_active_account");
    };
    await Promise.all([race(), race(), race()]);
  });
});

describe("email change with lost answers", () => {
  it("is confirmed once and undone once", async () => {
    const person = await moving();
    const strikes = ["ConfirmEmail", "UndoEmail"].map((principal) =>
      stack.faults.add({ principal, operation: "TransactWriteItems", lostAnswer: true }),
    );
    expect((await person.confirm(person.code)).status).toBe(200);
    expectRefused(await person.confirm(person.code), "code_refused");
    expect((await undo(person.email, person.undo)).status).toBe(204);
    expectRefused(await undo(person.email, person.undo), "code_refused");
    expect(strikes.map(({ struck }) => struck())).toEqual([1, 1]);
  });
});

describe("held address", () => {
  it("can't be taken by others and returns after an undo [ASVS 6.4.4]", async () => {
    const person = await moving();
    await person.confirm(person.code);
    const { email } = person;
    const newcomer = await register(newPerson({ email }));
    expect((await letterTo(email, 2)).Subject).toContain("reserved for an account");
    await succeed("requestOtp", newcomer);
    expect((await letterTo(email, 3)).Subject).toContain("reserved for an account");

    const other = await presetSession(stack);
    const body = { new_email: email, current_password: other.password };
    await succeed("setEmail", body, { token: other.access });
    expect((await letterTo(email, 4)).Subject).toContain("reserved for an account");

    const { row } = personToImport("argon2id", { email });
    const { code, stderr } = await importRows(stack.folder, [row]);
    expect([code, stderr]).toEqual([1, expect.stringContaining("can return to it")]);

    expect((await undo(email, person.undo)).status).toBe(204);
    await letterTo(email, 5);
    await signInAgain(person);
  });
});

describe("old and new mailbox", () => {
  it("are notified of an undo, the former one once", async () => {
    const person = await moving();
    await person.confirm(person.code);
    expect((await undo(person.email, person.undo)).status).toBe(204);
    expect((await letterTo(person.newEmail, 2)).Subject).toContain("has its earlier address again");
    expect((await letterTo(person.email, 2)).Subject).toContain("your address again");
    await allLettersSent(stack);
    await deliverOrder(stack, { kind: "email_change_undone", userId: person.id });
    expect(await lettersTo(person.newEmail)).toHaveLength(2);
  });

  it("each get one notice of a deletion", async () => {
    const person = await moving();
    await person.confirm(person.code);
    expect(
      (await administer(root, "deleteUser", { id: person.id, body: { current_password: root.password } }))
        .status,
    ).toBe(204);
    const farewells = [await letterTo(person.email, 2), await letterTo(person.newEmail, 2)];
    for (const { Subject } of farewells) expect(Subject).toContain("your account was deleted");
    await allLettersSent(stack);
    await deliverOrder(stack, { kind: "goodbye", userId: person.id });
    expect(await lettersTo(person.email)).toHaveLength(2);
    expect(await lettersTo(person.newEmail)).toHaveLength(2);
  });
});

describe("account that can return to an earlier address", () => {
  const remove = ({ access: token, password }: { access: string; password: string }) =>
    call("deleteMe", { current_password: password }, { token });

  it("can't be deleted by its holder, but undone, and deleted then [ASVS 6.4.4]", async () => {
    const person = await moving();
    await person.confirm(person.code);
    expectFieldErrors(await remove({ ...person, password: "Not-The-Password-1" }), {
      current_password: ["Invalid password."],
    });
    const refused = await remove(person);
    const wait = Number(refused.headers.get("retry-after"));
    expect(wait).toBeGreaterThan(7 * 86_400 - 60);
    expect(wait).toBeLessThanOrEqual(7 * 86_400);
    const { detail, code } = refused.body as { detail: string; code: string };
    expect([refused.status, code]).toEqual([400, "deletion_waits"]);
    const [, day, month, year, time] =
      /from (\d{1,2}) (\w+) (\d{4}), (\d\d:\d\d) UTC on\.$/.exec(detail) ?? [];
    const told = Date.parse(`${day} ${month} ${year} ${time} UTC`) - Date.now() - wait * 1000;
    expect(told).toBeGreaterThan(-5_000);
    expect(told).toBeLessThan(60_000);

    expect((await undo(person.email, person.undo)).status).toBe(204);
    await letterTo(person.email, 2);
    const { access } = await signInAgain(person);
    expect((await remove({ ...person, access })).status).toBe(204);
  });

  it("can't be deleted while the change is just being confirmed", async () => {
    const person = await moving();
    const slow = stack.faults.add({
      principal: "DeleteMe",
      operation: "TransactWriteItems",
      delayMilliseconds: 60_000,
    });
    const removing = remove(person);
    await eventually("the deletion on its way", () => (slow.struck() === 1 ? true : undefined));
    expect((await person.confirm(person.code)).status).toBe(200);
    slow.remove();
    expect(await removing).toMatchObject({ status: 400, body: { code: "deletion_waits" } });
    expect((await undo(person.email, person.undo)).status).toBe(204);
    expect(await lettersTo(person.newEmail)).not.toHaveLength(0);
    await letterTo(person.email, 2);
    await signInAgain(person);
  });

  it("keeps its way back while it is deactivated, which undoes nothing", async () => {
    const [person, active] = [await moving(), await moving()];
    for (const { confirm, code } of [person, active]) await confirm(code);
    const set = async (is_active: boolean) => {
      const { status } = await administer(root, "updateUser", {
        id: person.id,
        body: { is_active, current_password: root.password },
      });
      expect(status).toBe(200);
    };
    const callsOf = async (email: string, otp_code: string) => {
      stack.resetCalls();
      const answer = comparable(await undo(email, otp_code));
      return { answer, functions: functionCalls(stack) };
    };
    await set(false);
    await callsOf(newPerson().email, wrongCode);
    const refused = await callsOf(person.email, person.undo);
    expect(refused.answer.body).toContain("code_refused");
    expect(await callsOf(newPerson().email, wrongCode)).toEqual(refused);
    expect(await callsOf(active.email, wrongCode)).toEqual(refused);
    await register(newPerson({ email: person.email }));
    expect((await letterTo(person.email, 2)).Subject).toContain("reserved for an account");
    await set(true);
    expect((await undo(person.email, person.undo)).status).toBe(204);
    await letterTo(person.email, 3);
    await signInAgain(person);
  });
});

describe("email change by an administrator", () => {
  const ask = (id: string, new_email: string, current_password = root.password) =>
    administer(root, "setUserEmail", { id, body: { new_email, current_password } });

  it("is confirmed and undone without signing in [ASVS 6.4.4]", async () => {
    const person = await presetSession(stack);
    const { email } = newPerson();
    expect((await ask(person.id, email)).status).toBe(204);
    const otp_code = await codeTo(email);
    expectRefused(await call("claimEmail", { email, otp_code: wrongCode }), "code_refused");
    const answer = await call("claimEmail", { email, otp_code });
    expect(answer).toMatchObject({ status: 200, body: { id: person.id, email } });
    expect(answer.headers.get("x-device-token")).toBeTruthy();
    expectRefused(await call("claimEmail", { email, otp_code }), "code_refused");
    await signInAgain({ ...person, email });
    await succeed("undoEmail", { email: person.email, otp_code: await codeTo(person.email) });
    await letterTo(person.email, 2);
    await signInAgain(person);

    for (const [file, event] of [
      ["SetUserEmail", "email_change_started"],
      ["ClaimEmail", "email_changed"],
      ["UndoEmail", "email_change_undone"],
    ] as const) {
      const { log, line } = await logWith(stack, file, [`"${event}"`, person.id]);
      expect(line.includes(`"actorId":"${root.id}"`)).toBe(event === "email_change_started");
      for (const address of [email, person.email]) expect(log).not.toContain(address);
    }
  });

  it("can follow an undoable change, and one undo reverts both", async () => {
    const person = await moving();
    await person.confirm(person.code);
    const { email: third } = newPerson();
    expect((await ask(person.id, third)).status).toBe(204);
    const notice = await letterTo(person.newEmail, 2);
    expect(notice.Subject).toContain("about to change again");
    expect(() => codeIn(notice)).toThrow("no code");
    await succeed("claimEmail", { email: third, otp_code: await codeTo(third) });
    expectFieldErrors(await ask((await presetAccount(stack)).id, person.email), {
      new_email: ["This address is still reserved after an earlier change of address."],
    });
    for (const email of [person.newEmail, third])
      expectRefused(await undo(email, person.undo), "code_refused");
    expect((await undo(person.email, person.undo)).status).toBe(204);
    await letterTo(person.email, 2);
    await signInAgain(person);
    for (const email of [person.newEmail, third])
      expectRefused(await call("requestOtp", { email, password: person.password }), "no_active_account");
  });

  it("accepts a corrected address and refuses codes for the mistaken one", async () => {
    const person = await presetAccount(stack);
    const [mistaken, right] = [newPerson().email, newPerson().email];
    await ask(person.id, mistaken);
    const older = await codeTo(mistaken);
    await ask(person.id, right);
    const otp_code = await codeTo(right);
    for (const code of [older, otp_code])
      expectRefused(await call("claimEmail", { email: mistaken, otp_code: code }), "code_refused");
    await succeed("claimEmail", { email: right, otp_code });
  });

  it("requires the administrator's password and an active account [ASVS 6.4.4, 7.5.1]", async () => {
    const [person, pending] = [await presetAccount(stack), await register()];
    const { email } = newPerson();
    expectFieldErrors(await ask(person.id, email, "Not-The-Password-1"), {
      current_password: ["Invalid password."],
    });
    expectRefused(await ask(pending.id, email), "not_activated");
    expectFieldErrors(await ask(person.id, root.email.toUpperCase()), {
      new_email: ["Another account has this address."],
    });
    expectRefused(await ask("00000000-0000-4000-8000-000000000000", email), "not_found");
    await ask(person.id, email);
    const otp_code = await codeTo(email);
    const body = { is_active: false, current_password: root.password };
    await administer(root, "updateUser", { id: person.id, body });
    expectRefused(await ask(person.id, newPerson().email), "deactivated");
    expectRefused(await administer(root, "sendCode", { id: person.id }), "deactivated");
    expectRefused(await call("claimEmail", { email, otp_code }), "code_refused");
    expect(await lettersTo(email)).toHaveLength(1);
    expect((await administer(root, "sendCode", { id: (await presetAccount(stack)).id })).status).toBe(204);
    // Actor and account are the same item here, and a transaction may name an item only once.
    expect((await ask(root.id, newPerson().email)).status).toBe(204);
  });
});

describe("unknown address in email changes", () => {
  const callsOf = async (work: () => Promise<Answer>) => {
    stack.resetCalls();
    const answer = comparable(await work());
    return { answer, functions: functionCalls(stack) };
  };

  it("causes the same AWS calls and answers as a known one", async () => {
    const [person, owner] = [await moving(), await presetSession(stack)];
    const claimed = newPerson().email;
    const current_password = root.password;
    const body = { new_email: claimed, current_password };
    await administer(root, "setUserEmail", { id: (await presetAccount(stack)).id, body });
    await codeTo(claimed);
    const code = { otp_code: wrongCode };
    const claim = (email: string) => callsOf(() => call("claimEmail", { email, ...code }));
    const undoing = (email: string) => callsOf(() => undo(email, wrongCode));
    const setting = (new_email: string) =>
      callsOf(() =>
        call("setEmail", { new_email, current_password: owner.password }, { token: owner.access }),
      );
    const activating = (email: string) => callsOf(() => call("activateUser", { email, otp_code: "000 000" }));
    const kept = await moving();
    await kept.confirm(kept.code);
    const [keptEmail, freeEmail] = [kept.email, newPerson().email];
    for (const email of [keptEmail, freeEmail]) await register(newPerson({ email }));
    // A cold start would also read secrets.
    for (const work of [claim, undoing, setting, activating]) await work(newPerson().email);
    expect(await activating(keptEmail)).toEqual(await activating(freeEmail));
    expect(await setting(keptEmail)).toEqual(await setting(newPerson().email));
    expect(await claim(claimed)).toEqual(await claim(newPerson().email));
    expect(await undoing(person.email)).toEqual(await undoing(newPerson().email));
    expect(await setting(person.email)).toEqual(await setting(newPerson().email));
  });
});
