// The client in Node against the running service: each operation once, and what only both show.
import { DynamoDBClient } from "@aws-sdk/client-dynamodb";
import { DynamoDBDocumentClient, UpdateCommand } from "@aws-sdk/lib-dynamodb";
import { decodeJwt } from "jose";
import { beforeAll, describe, expect, it } from "vitest";
import * as z from "zod";
import {
  cookieStorage,
  createClient,
  webStorage,
  type AuthError,
  type Client,
  type Operations,
} from "../../client/create-client.ts";
import { contract } from "../../shared/contract/contract.ts";
import type { Operation } from "../../shared/contract/operation.ts";
import { pseudonyms } from "../../shared/identity/pseudonyms.ts";
import { wrongPassword } from "../../shared/limits/guess-limits.ts";
import { limitsOf } from "../support/limits/stack-limits.ts";
import { codeTo, letterTo, lettersTo } from "../support/mail/letters.ts";
import { disableAccount } from "../support/people/disable-account.ts";
import { newPassword } from "../support/people/credentials.ts";
import { newPerson, type Person } from "../support/people/people.ts";
import { presetAccount } from "../support/presets/presets.ts";
import { outputOf } from "../support/stacks/stack-outputs.ts";
import { sharedStack } from "../support/stacks/test-stack.ts";
import { WebStore } from "../support/client/test-stores.ts";

let stack: Awaited<ReturnType<typeof sharedStack>>;
beforeAll(async () => {
  stack = await sharedStack();
});

const called = new Set<string>();
type Answered = { data: unknown; error: AuthError | null };

/** Fails unless the answer is exactly what the contract promises. */
const succeed = async <Name extends keyof Operations>(
  client: Client,
  name: Name,
  ...given: unknown[]
): Promise<Operations[Name]["answer"]> => {
  const method = client[name] as unknown as (...given: unknown[]) => Promise<Answered>;
  const { data, error } = await method(...given);
  if (error) throw new Error(`${name}: ${error.status} ${error.code} ${error.message}`);
  const { success }: Operation = contract[name];
  called.add(name);
  return ("body" in success ? success.body.strict() : z.undefined()).parse(
    data,
  ) as Operations[Name]["answer"];
};

const page = (store = new WebStore()) => ({
  store,
  client: createClient({ baseUrl: stack.url, storage: webStorage(store) }),
});

/** Does what sends a letter, and returns the code of that letter. */
const codeAfter = async (email: string, act: () => Promise<unknown>): Promise<string> => {
  const { length } = await lettersTo(email);
  await act();
  return codeTo(email, length + 1);
};

const signIn = async (client: Client, { email, password }: Person) => {
  const otp_code = await codeAfter(email, () => succeed(client, "requestOtp", { email, password }));
  return succeed(client, "createToken", { email, otp_code });
};

const tokensOf = (store: WebStore): { access: string; refresh: string } => JSON.parse(store.session ?? "{}");

/** Moves the last rotation of the session into the past. */
const age = async (refresh: string, seconds: number) => {
  const { sub: userId, sid: sessionId } = decodeJwt(refresh);
  const { url, region, accessKeyId, secretAccessKey } = stack.endpoint;
  const client = new DynamoDBClient({ endpoint: url, region, credentials: { accessKeyId, secretAccessKey } });
  await DynamoDBDocumentClient.from(client).send(
    new UpdateCommand({
      TableName: outputOf(stack, "SessionsTable"),
      Key: { userId, sessionId },
      UpdateExpression: "SET rotatedAt = rotatedAt - :seconds",
      ExpressionAttributeValues: { ":seconds": seconds },
    }),
  );
  client.destroy();
};

describe("client against the service", () => {
  it("calls every operation of an account's life", async () => {
    const { client, store } = page();
    const person = newPerson();
    const { email, password, username } = person;
    await succeed(client, "getConfiguration");
    expect((await succeed(client, "getKeys")).keys.length).toBeGreaterThan(0);

    const activation = await codeAfter(email, () => succeed(client, "createUser", person));
    const user = await succeed(client, "activateUser", { email, otp_code: activation });
    expect(client.getSnapshot()).toEqual({ status: "signed_out" });
    await signIn(client, person);
    expect(client.getSnapshot()).toMatchObject({ status: "signed_in", userId: user.id });

    expect(await succeed(client, "getMe")).toEqual(user);
    expect(await succeed(client, "updateMe", { first_name: "Ada" })).toEqual({ ...user, first_name: "Ada" });
    await succeed(client, "updateMe");
    await succeed(client, "verifyToken", { token: tokensOf(store).access });
    const { data: access } = await client.getAccessToken();
    expect(access).toBe(tokensOf(store).access);
    expect((await succeed(client, "getActivity", { limit: "25" })).results.length).toBeGreaterThan(0);
    await succeed(client, "getActivity");
    expect((await succeed(client, "exportMe")).user.username).toBe(username);

    const elsewhere = page();
    const third = page();
    await signIn(elsewhere.client, person);
    await signIn(third.client, person);
    const { results } = await succeed(client, "listSessions");
    expect(results.map(({ current }) => current).filter(Boolean)).toHaveLength(1);
    await succeed(client, "endSession", { id: decodeJwt(tokensOf(elsewhere.store).refresh)["sid"] });
    expect((await elsewhere.client.getMe()).error?.code).toBe("token_not_valid");
    expect(elsewhere.client.getSnapshot()).toEqual({ status: "signed_out", reason: "session_ended" });
    await succeed(client, "endOtherSessions");
    expect((await third.client.getMe()).error?.code).toBe("token_not_valid");

    const new_password = newPassword();
    await succeed(client, "setPassword", { current_password: password, new_password });
    await succeed(client, "getMe");
    const { refresh } = tokensOf(store);
    await succeed(client, "refreshToken", { refresh });
    expect(tokensOf(store).refresh).not.toBe(refresh);

    const { email: new_email } = newPerson();
    const change = { current_password: new_password, new_email };
    let confirmation = "";
    const undo = await codeAfter(email, async () => {
      confirmation = await codeAfter(new_email, () => succeed(client, "setEmail", change));
    });
    expect((await succeed(client, "confirmEmail", { otp_code: confirmation })).email).toBe(new_email);
    expect((await succeed(client, "getMe")).email).toBe(new_email);
    const { length } = await lettersTo(email);
    await succeed(client, "undoEmail", { email, otp_code: undo });
    // The notice must not be taken for the next code.
    await letterTo(email, length + 1);
    expect((await client.getMe()).error?.code).toBe("token_not_valid");
    expect(client.getSnapshot()).toEqual({ status: "signed_out", reason: "session_ended" });

    const reset = await codeAfter(email, () => succeed(client, "resetPassword", { email }));
    const last = newPassword();
    await succeed(client, "confirmPasswordReset", { email, otp_code: reset, new_password: last });
    await signIn(client, { ...person, password: last });
    await succeed(client, "logout", { refresh: tokensOf(store).refresh });
    expect(client.getSnapshot()).toEqual({ status: "signed_out" });
    await signIn(client, { ...person, password: last });
    await succeed(client, "deleteMe", { current_password: last });
    expect(client.getSnapshot()).toEqual({ status: "signed_out" });
    expect(store.session).toBeUndefined();
    expect((await client.getMe()).error?.code).toBe("not_authenticated");

    const missing = Object.keys(contract)
      .filter((name) => contract[name as keyof typeof contract].path.startsWith("/api/v1/auth"))
      .filter((name) => !called.has(name));
    // An administrator begins this one, and test/api/set-email.test.ts shows it.
    expect(missing).toEqual(["claimEmail"]);
  });

  it("gives refused fields, codes and request ids as they come", async () => {
    const { client } = page();
    const fields = await client.createUser({ username: "", email: "no address", password: "1" });
    expect(fields.error).toMatchObject({ code: "fields_refused", status: 400 });
    expect(Object.keys(fields.error?.fields ?? {}).toSorted()).toEqual(["email", "username"]);
    const refused = await client.requestOtp({ email: newPerson().email, password: newPassword() });
    expect(refused.error).toMatchObject({ code: "no_active_account", status: 401, fields: {} });
    expect(refused.error?.requestId).toMatch(/^[\w-]{10,}$/);
    expect((await client.verifyToken({ token: "a.b.c" })).error?.code).toBe("token_not_valid");
    expect((await client.logout({ refresh: "a.b.c" })).error?.code).toBe("token_not_valid");
  });

  it("keeps a known device in while strangers lock others out", async () => {
    const person = await presetAccount(stack);
    const { client } = page();
    await signIn(client, person);
    const limits = limitsOf(stack);
    await limits.exhaust(wrongPassword(await pseudonyms.ofAddress(person.email)));
    const stranger = await page().client.requestOtp({ email: person.email, password: person.password });
    expect(stranger.error).toMatchObject({ code: "too_many_password_guesses", status: 429 });
    expect(stranger.error?.retryAfterSeconds).toBeGreaterThan(0);
    await client.signOut();
    await signIn(client, person);
    expect((await client.getMe()).data?.id).toBe(person.id);
  });

  it("keeps two people apart who are served at the same time", async () => {
    const people = await Promise.all([presetAccount(stack), presetAccount(stack)]);
    const jars = people.map(() => new Map<string, string>());
    const request = (jar: Map<string, string>) =>
      createClient({
        baseUrl: stack.url,
        storage: cookieStorage({
          get: (name) => jar.get(name),
          set: (name, value, { maxAge }) => (maxAge ? jar.set(name, value) : jar.delete(name)),
        }),
      });
    await Promise.all(people.map(async (person, index) => signIn(request(jars[index]!), person)));
    const ids = await Promise.all(
      Array.from({ length: 10 }, async (_, index) => (await request(jars[index % 2]!).getMe()).data?.id),
    );
    expect(ids).toEqual(Array.from({ length: 10 }, (_, index) => people[index % 2]?.id));
    for (const jar of jars)
      for (const [name, value] of jar) expect(`${name}=${value}`.length).toBeLessThan(4096);
  });

  it("gets the same successor again, and ends with a late replay", async () => {
    const person = await presetAccount(stack);
    const { client, store } = page();
    await signIn(client, person);
    const stolen = tokensOf(store).refresh;
    const thief = page().client;
    const [own, other] = await Promise.all([
      succeed(client, "refreshToken", { refresh: stolen }),
      succeed(thief, "refreshToken", { refresh: stolen }),
    ]);
    expect(own.refresh).toBe(other.refresh);
    expect(tokensOf(store).refresh).toBe(own.refresh);
    await succeed(client, "getMe");
    await age(stolen, 31);
    expect((await thief.refreshToken({ refresh: stolen })).error?.code).toBe("token_not_valid");
    const tabs = [client, page(store).client];
    expect((await tabs[0]!.getMe()).error?.code).toBe("token_not_valid");
    expect((await tabs[1]!.getMe()).error?.code).toBe("not_authenticated");
    for (const tab of tabs)
      expect(tab.getSnapshot()).toEqual({ status: "signed_out", reason: "session_ended" });
  });

  it("ends with the account, and says that it was deactivated", async () => {
    const person = await presetAccount(stack);
    const { client, store } = page();
    await signIn(client, person);
    await disableAccount(stack, person.id);
    expect((await client.getMe()).error?.code).toBe("user_inactive");
    expect(client.getSnapshot()).toEqual({ status: "signed_out", reason: "session_ended" });
    expect(tokensOf(store).refresh).toBeUndefined();
  });

  it("signs out everywhere that the session was open", async () => {
    const person = await presetAccount(stack);
    const { client, store } = page();
    await signIn(client, person);
    const { access, refresh } = tokensOf(store);
    expect((await client.signOut()).error).toBeNull();
    for (const token of [access, refresh])
      expect((await client.verifyToken({ token })).error?.code).toBe("token_not_valid");
  });
});
