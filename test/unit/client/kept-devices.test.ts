import { createHash } from "node:crypto";
import { describe, expect, it } from "vitest";
import { webStorage, type Client } from "../../../client/create-client.ts";
import { clientOn, codeOf, signedInPage, signIn } from "../../support/client/client-worlds.ts";
import { emailOf, goodCode, useFakeService } from "../../support/client/fake-service.ts";
import { settled, useFakeTime } from "../../support/client/fake-time.ts";
import { WebStore } from "../../support/client/test-stores.ts";

useFakeTime();
const current = useFakeService();

/** The device token that this client sends for an address. */
const sentFor = async (client: Client, email: string): Promise<string | null> => {
  await settled(client.requestOtp({ email, password: "p" }));
  return current.service.named("requestOtp").at(-1)?.headers.get("x-device-token") ?? null;
};

describe("device tokens", () => {
  it("are sent for their own address only, however it is typed", async () => {
    const { client, store } = await signedInPage();
    expect(await sentFor(client, "  ADA@Example.com ")).toBe("device-token-1");
    expect(await sentFor(client, emailOf("bob"))).toBeNull();
    await settled(client.signOut());
    expect(await sentFor(clientOn(webStorage(store)), emailOf("ada"))).toBe("device-token-1");
  });

  it("reach each operation that reads them, and no other", async () => {
    const { client } = await signedInPage();
    const email = emailOf("ada");
    await settled(client.requestOtp({ email, password: "p" }));
    await settled(client.createToken({ email, otp_code: "wrong" }));
    await settled(client.activateUser({ email, otp_code: "wrong" }));
    await settled(client.resetPassword({ email }));
    await settled(client.createUser({ email, username: "ada", password: "p" }));
    await settled(client.getMe());
    const senders = current.service.calls.filter(({ headers }) => headers.has("x-device-token"));
    expect(senders.map(({ name }) => name)).toEqual(["requestOtp", "createToken", "activateUser"]);
  });

  it("are kept for the five newest addresses", async () => {
    const store = new WebStore();
    const client = clientOn(webStorage(store));
    const people = ["p1", "p2", "p3", "p4", "p5", "p6"];
    for (const person of people) await signIn(client, person);
    await signIn(client, "p2");
    await signIn(client, "p7");
    const kept = [];
    for (const person of [...people, "p7"]) if (await sentFor(client, emailOf(person))) kept.push(person);
    expect(kept).toEqual(["p2", "p4", "p5", "p6", "p7"]);
  });

  it("tell no one which addresses they belong to", async () => {
    const stores = [new WebStore(), new WebStore()];
    for (const store of stores) await signIn(clientOn(webStorage(store)), "ada");
    const email = emailOf("ada");
    const plain = (["hex", "base64", "base64url"] as const).map((form) =>
      createHash("sha256").update(email).digest(form),
    );
    const [one = "", other = ""] = stores.map(({ devices }) => devices ?? "");
    expect(one.length).toBeGreaterThan(40);
    for (const text of [one, other])
      for (const hidden of [email, "example.com", ...plain]) expect(text).not.toContain(hidden);
    const hashes = [one, other].map((text) => Object.keys(JSON.parse(text).tokens)[0]);
    expect(hashes[0]).not.toBe(hashes[1]);
    // The session's own text refers to the device, and must not say the address either.
    for (const store of stores) expect(store.session).not.toContain("@");
  });

  it.each([
    [
      "setPassword",
      (client: Client) => client.setPassword({ current_password: "p", new_password: "q" }),
      emailOf("ada"),
    ],
    ["endOtherSessions", (client: Client) => client.endOtherSessions(), emailOf("ada")],
    ["confirmEmail", (client: Client) => client.confirmEmail({ otp_code: "c" }), `new-${emailOf("ada")}`],
    [
      "activateUser",
      (client: Client) => client.activateUser({ email: emailOf("zoe"), otp_code: goodCode }),
      emailOf("zoe"),
    ],
    [
      "claimEmail",
      (client: Client) => client.claimEmail({ email: emailOf("zoe"), otp_code: goodCode }),
      emailOf("zoe"),
    ],
    [
      "confirmPasswordReset",
      (client: Client) =>
        client.confirmPasswordReset({ email: emailOf("zoe"), otp_code: "c", new_password: "p" }),
      emailOf("zoe"),
    ],
    [
      "undoEmail",
      (client: Client) => client.undoEmail({ email: emailOf("zoe"), otp_code: "c" }),
      emailOf("zoe"),
    ],
  ])("that %s gives are kept under the right address", async (_, act, email) => {
    const { client } = await signedInPage();
    expect(codeOf(await settled<{ error: { code: string } | null }>(act(client)))).toBeNull();
    expect(await sentFor(client, email)).toBe("device-token-2");
    for (const other of [emailOf("ada"), emailOf("zoe")])
      if (other !== email) expect(await sentFor(client, other)).not.toBe("device-token-2");
  });

  it("of a changed address are replaced by later acts of the same session", async () => {
    const { client } = await signedInPage();
    await settled(client.confirmEmail({ otp_code: "c" }));
    await settled(client.setPassword({ current_password: "p", new_password: "q" }));
    expect(await sentFor(client, `new-${emailOf("ada")}`)).toBe("device-token-3");
    expect(await sentFor(client, emailOf("ada"))).toBe("device-token-1");
  });

  it("follow a session through its renewals", async () => {
    const { client, store } = await signedInPage();
    await settled(client.confirmEmail({ otp_code: "c" }));
    const { refresh } = JSON.parse(store.session ?? "{}");
    await settled(client.refreshToken({ refresh }));
    await settled(client.endOtherSessions());
    expect(await sentFor(client, `new-${emailOf("ada")}`)).toBe("device-token-3");
  });

  it.each([
    "",
    "{",
    "null",
    "5",
    "[]",
    "{}",
    '"x"',
    '{"tokens":5}',
    '{"tokens":""}',
    '{"tokens":[1]}',
    '{"tokens":[null],"salt":"s"}',
    '{"tokens":[["a","b"]]}',
    '{"tokens":{"length":1}}',
  ])("heal a store that holds %j", async (broken) => {
    const { client, store } = await signedInPage();
    const name = [...store.texts.keys()].find((key) => key.endsWith("-devices")) ?? "";
    store.setItem(name, broken);
    expect(await sentFor(client, emailOf("ada"))).toBeNull();
    await signIn(client, "ada");
    expect(await sentFor(client, emailOf("ada"))).toBe("device-token-2");
  });

  it("need no memory of a refused or failed sign-in", async () => {
    const client = clientOn(webStorage(new WebStore()));
    const sent = { email: emailOf("ada"), otp_code: "wrong" };
    expect(codeOf(await settled(client.createToken(sent)))).toBe("sign_in_refused");
    expect(await sentFor(client, emailOf("ada"))).toBeNull();
  });
});
