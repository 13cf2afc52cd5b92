// Runs as a test in a copy of the repository to which check.ts has added the attributes.
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { UpdateCommand } from "@aws-sdk/lib-dynamodb";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { bundlesDirectory } from "../../../infra/bundling/bundle-functions.ts";
import { userPk } from "../../../shared/store/user-items.ts";
import { expectFieldErrors } from "../../support/assert/refusals.ts";
import { call, succeed } from "../../support/calls/api.ts";
import { codeTo } from "../../support/mail/letters.ts";
import { administer, signedInAdmin } from "../../support/people/administrators.ts";
import { exportedRows, importRows, personToImport } from "../../support/people/import-export.ts";
import { activated, newPerson, register, signedIn, signIn } from "../../support/people/people.ts";
import { outputOf } from "../../support/stacks/stack-outputs.ts";
import { startTestStack, type TestStack } from "../../support/stacks/test-stack.ts";
import { documents } from "../../support/store/documents.ts";

const [phone, otherPhone] = ["+49 30 901820", "+33 1 40205050"];
// The contract of this folder has no such members, so they come by a spread.
const [withPhone, withOther, withAll] = [{ phone }, { phone: otherPhone }, { phone, newsletter: true }];
const badPhone = { phone: ["Enter a phone number such as +49 30 901820."] };
const ofStaff = { plan: "team", support_note: "calls often", customer_number: "C-1" };
const exported = { newsletter: true, plan: "free", phone: null, support_note: null, customer_number: null };
const unset = { newsletter: false, plan: "free" };

let stack: TestStack;
let staff: Awaited<ReturnType<typeof signedInAdmin>>;
beforeAll(async () => {
  stack = await startTestStack();
  staff = await signedInAdmin(stack.folder);
});
afterAll(() => stack.remove());

const me = (token: string) => succeed("getMe", undefined, { token });
const change = (token: string, body: object) => succeed("updateMe", body, { token });
const byStaff = async (id: string, body: object) =>
  (await administer(staff, "updateUser", { id, body })).body as object;

describe("added attributes", () => {
  it("go from the registration to the account, but for those of others", async () => {
    const person = { ...newPerson(), phone, newsletter: true, ...ofStaff };
    expectFieldErrors(await call("createUser", { ...person, phone: "030" }), badPhone);
    const registered = await register(person);
    const own = { phone, newsletter: true, plan: "free" };
    expect(registered).toMatchObject(own);
    const user = await succeed("activateUser", { email: person.email, otp_code: await codeTo(person.email) });
    expect(user).toEqual({ ...user, ...own, id: registered.id, first_name: "" });
    expect(user).not.toHaveProperty("support_note");
    expect(user).not.toHaveProperty("customer_number");
  });

  it("are changed and unset by the person, those of staff ignored", async () => {
    const { access } = await signedIn();
    expect(await me(access)).toMatchObject(unset);
    expect(await change(access, { phone, newsletter: true, ...ofStaff })).toMatchObject({
      phone,
      plan: "free",
    });
    const token = { token: access };
    expectFieldErrors(await call("updateMe", { phone: "030" }, token), badPhone);
    const notBoolean = { newsletter: ["Must be a valid boolean."] };
    expectFieldErrors(await call("updateMe", { newsletter: null }, token), notBoolean);
    expect(await change(access, { phone: null })).not.toHaveProperty("phone");
    expect(await me(access)).toMatchObject({ newsletter: true, plan: "free" });
    expect((await succeed("exportMe", undefined, token)).user).toMatchObject(exported);
  });

  it("are seen by staff, who change theirs and the person's", async () => {
    const { id, email, access } = await signedIn();
    const changed = { phone, plan: "team", support_note: "calls often", customer_number: null };
    expect(await byStaff(id, { phone, ...ofStaff })).toMatchObject(changed);
    const bad = await administer(staff, "updateUser", { id, body: { plan: "gold" } });
    expectFieldErrors(bad, { plan: ['"gold" is not a valid choice.'] });
    const { body } = await administer(staff, "listUsers", { query: { email } });
    expect(body).toMatchObject({ results: [changed] });
    expect(await me(access)).toMatchObject({ phone, plan: "team" });
    expect(await me(access)).not.toHaveProperty("support_note");
    const { user } = await succeed("exportMe", undefined, { token: access });
    expect(user).toMatchObject(changed);
    expect(await byStaff(id, { support_note: null })).toMatchObject({ support_note: null, plan: "team" });
  });

  it("of a replaced registration never reach the account", async () => {
    const owner = { ...newPerson(), newsletter: true };
    await register({ ...newPerson({ email: owner.email }), ...withAll });
    await register(owner);
    const otp_code = await codeTo(owner.email, 2);
    const user = await succeed("activateUser", { email: owner.email, otp_code, ...withOther });
    expect(user).toMatchObject({ ...unset, phone: otherPhone });
  });

  it("of another value make a registration another one", async () => {
    const person = newPerson();
    await register({ ...person, ...withPhone });
    await register({ ...person, ...withOther });
    const user = await succeed("activateUser", {
      email: person.email,
      otp_code: await codeTo(person.email, 2),
    });
    expect(user).toMatchObject(unset);
    expect(user).not.toHaveProperty("phone");
  });

  it("are read from older and newer items, and removed ones ignored", async () => {
    const person = await activated();
    const { access } = await signIn(person);
    await documents().send(
      new UpdateCommand({
        TableName: outputOf(stack, "UsersTable"),
        Key: { pk: userPk(person.id) },
        UpdateExpression: "SET #plan = :gold, phone = :number, fax = :fax REMOVE newsletter, firstName",
        ExpressionAttributeNames: { "#plan": "plan" },
        ExpressionAttributeValues: { ":gold": "gold", ":number": 17, ":fax": "1234" },
      }),
    );
    const read = await me(access);
    expect(read).toMatchObject({ ...unset, first_name: "" });
    expect(read).not.toHaveProperty("phone");
    expect(JSON.stringify(await succeed("exportMe", undefined, { token: access }))).not.toContain("fax");
    expect(await change(access, { last_name: "Lovelace" })).toMatchObject({
      ...unset,
      last_name: "Lovelace",
    });
    expect(await change(access, { newsletter: true, phone })).toMatchObject({ newsletter: true, phone });
    expect(await byStaff(person.id, { plan: "team" })).toMatchObject({ plan: "team", phone });
  });

  it("are imported and exported", async () => {
    const brought = { phone, newsletter: true, plan: "team", support_note: "x", customer_number: "C-17" };
    const [full, empty] = [
      personToImport("argon2id", brought),
      personToImport("argon2id", { phone: null, plan: null, first_name: null, locale: null }),
    ];
    const bad = personToImport("argon2id", { plan: "gold", phone: "030" });
    const { code, stderr } = await importRows(stack.folder, [full.row, empty.row, bad.row]);
    expect([code, stderr.trim().split("\n").toSorted()]).toEqual([
      1,
      [
        "line 3: phone: Enter a phone number such as +49 30 901820.",
        "line 3: plan: Must be one of free, team.",
      ],
    ]);
    const rows = await exportedRows(stack.folder);
    expect(rows.get(full.email)).toMatchObject(brought);
    expect(rows.get(empty.email)).toMatchObject({ ...unset, first_name: "" });
    expect(Object.keys(rows.get(empty.email) ?? {})).not.toContain("phone");
  });

  it("stand in the admin page's form and list, and in the document", () => {
    const assets = join(bundlesDirectory, "pages/public/admin/assets");
    const script = readdirSync(assets).find((file) => file.endsWith(".js")) ?? "";
    expect(readFileSync(join(assets, script), "utf8")).toContain("Note of the support");
    expect(readFileSync("openapi.yaml", "utf8")).toContain("customer_number");
  });
});
