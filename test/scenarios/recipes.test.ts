// Compiles and runs the recipes of docs/front-ends.md against the stack.
import { execFile, spawn } from "node:child_process";
import { once } from "node:events";
import type { Server } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { promisify } from "node:util";
import { createElement } from "react";
import { renderToStaticMarkup } from "react-dom/server";
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from "vitest";
import { createClient, webStorage, type Client, type Snapshot } from "../../client/create-client.ts";
import { eventually } from "../support/assert/eventually.ts";
import { call } from "../support/calls/api.ts";
import { codeTo } from "../support/mail/letters.ts";
import { activated, loginCode, newPerson } from "../support/people/people.ts";
import type * as Phone from "../support/recipes/phone.ts";
import { browserAt, startNextServer } from "../support/recipes/next-server.ts";
import { bundleRecipes, loadRecipe, recipes, writeRecipes } from "../support/recipes/recipes.ts";
import { sharedStack } from "../support/stacks/test-stack.ts";

let stack: Awaited<ReturnType<typeof sharedStack>>;
let folder: string;
beforeAll(async () => {
  stack = await sharedStack();
  folder = writeRecipes("recipes", stack.url);
  await bundleRecipes(folder, [...recipes.keys()], { standIns: ["next.ts", "express.ts", "phone.ts"] });
});
afterEach(() => vi.unstubAllGlobals());

it("compile under strict, with the types of the client", async () => {
  const tsc = join(import.meta.dirname, "../../node_modules/typescript/bin/tsc");
  const compiled = promisify(execFile)(process.execPath, [tsc, "-p", folder]);
  await expect(compiled).resolves.toMatchObject({ stdout: "" });
});

it("15 lines sign in, in a process of their own", async () => {
  expect(recipes.get("sign-in.mjs")?.trim().split("\n")).toHaveLength(15);
  const child = spawn(process.execPath, [join(folder, "out/sign-in.mjs")], {
    stdio: ["pipe", "pipe", "inherit"],
  });
  const ended = once(child, "close");
  let output = "";
  child.stdout.on("data", (chunk: Buffer) => (output += chunk.toString()));
  for (const letter of [1, 2]) {
    await eventually("a question", () => output.split("The code in").length > letter || undefined);
    child.stdin.write(`${await codeTo("bea@example.com", letter)}\n`);
  }
  expect(await ended).toEqual([0, null]);
  expect(output.match(/done/g)).toHaveLength(4);
  expect(output).toContain("username: 'bea'");
});

describe("recipe in a page", () => {
  type InPage = {
    client: Client;
    signIn: (email: string, code: string) => Promise<string | undefined>;
    useSession: () => Snapshot;
    session: { value: Snapshot };
    snapshot: { subscribe: (run: (value: Snapshot) => void) => () => void };
    readNotes: () => Promise<unknown>;
  };
  /** The recipes of pages share the module of their client. */
  const loadPage = async (): Promise<InPage> => {
    const texts = new Map<string, string>();
    vi.stubGlobal("localStorage", {
      getItem: (name: string) => texts.get(name) ?? null,
      setItem: (name: string, text: string) => void texts.set(name, text),
      removeItem: (name: string) => void texts.delete(name),
    });
    const files = ["client.ts", "code-form.ts", "use-user.ts", "other-frameworks.ts", "notes.ts"];
    return Object.assign({}, ...(await Promise.all(files.map((file) => loadRecipe(folder, file)))));
  };

  it("says what was refused, follows the session, and shows notes of Express", async () => {
    const page = await loadPage();
    await loadRecipe(folder, "notes-server.mjs");
    const [opened] = (await loadRecipe<{ opened: Server[] }>(folder, "express.ts")).opened;
    const { port } = (opened as Server).address() as AddressInfo;
    const { fetch } = globalThis;
    vi.stubGlobal("fetch", (url: unknown, init?: RequestInit) =>
      fetch(String(url).replace("127.0.0.1:3001", `127.0.0.1:${port}`), init),
    );
    const person = await activated();
    const seen: string[] = [];
    page.snapshot.subscribe(({ status }) => seen.push(status));
    expect(await page.signIn(person.email, "12")).toContain("digits");
    const { email: stranger } = newPerson();
    for (let guess = 0; guess < 5; guess += 1)
      expect(await page.signIn(stranger, "000000")).toContain("wrong or has expired");
    expect(await page.signIn(stranger, "000000")).toMatch(/^Too many attempts. Wait \d+ seconds.$/);
    await expect(page.readNotes()).rejects.toMatchObject({ code: "not_authenticated" });
    expect(await page.signIn(person.email, await loginCode(person))).toBeUndefined();
    expect(page.session.value).toMatchObject({ status: "signed_in", userId: person.id });
    expect(await page.readNotes()).toEqual({ of: person.id });
    // What a server renders does not depend on who is signed in.
    const Status = () => createElement("p", null, page.useSession().status);
    expect(renderToStaticMarkup(createElement(Status))).toBe("<p>unknown</p>");
    expect(await page.client.signOut()).toMatchObject({ error: null });
    expect(page.session.value).toEqual({ status: "signed_out" });
    expect(seen).toEqual(["signed_out", "signed_in", "signed_out"]);
    opened?.close();
  });

  it("takes what a newer service adds", async () => {
    const { client } = await loadPage();
    const answers = [
      Response.json({ detail: "Tea only.", code: "teapot" }, { status: 418 }),
      Response.json({ detail: "Sent", by: "dove" }),
    ];
    vi.stubGlobal("fetch", async () => answers.shift());
    const sent = { email: "a@example.com", password: "x" };
    expect((await client.requestOtp(sent)).error).toMatchObject({ code: "teapot", message: "Tea only." });
    expect((await client.requestOtp(sent)).data).toEqual({ detail: "Sent", by: "dove" });
  });
});

describe("recipe for server rendering", () => {
  let server: Awaited<ReturnType<typeof startNextServer>>;
  beforeAll(async () => {
    server = await startNextServer(folder);
  });
  afterAll(() => server.close());

  const signedIn = async () => {
    const person = await activated();
    const browser = browserAt(server.url);
    const form = { email: person.email, otp_code: await loginCode(person) };
    return { person, browser, answer: await browser.ask("/sign-in", form) };
  };
  type Browser = ReturnType<typeof browserAt>;
  const nameOf = ({ cookies }: Browser) =>
    [...cookies.keys()].find((name) => !name.endsWith("-devices")) ?? "";
  const sessionOf = (browser: Browser) =>
    JSON.parse(decodeURIComponent(decodeURIComponent(browser.cookies.get(nameOf(browser)) ?? "")));
  /** As after a night: the access token has ended. */
  const age = (browser: Browser) => {
    const session = sessionOf(browser);
    const ended = { ...session, access: `${session.access.slice(0, -8)}AAAAAAAA`, receivedAt: 0 };
    browser.cookies.set(nameOf(browser), encodeURIComponent(encodeURIComponent(JSON.stringify(ended))));
  };

  it("keeps people apart, in cookies that no script can read", async () => {
    const people = await Promise.all([signedIn(), signedIn()]);
    for (const { answer } of people) {
      expect(answer.set).toHaveLength(2);
      for (const header of answer.set) {
        expect(header).toMatch(/; Path=\/; Max-Age=2592000; Secure; HttpOnly; SameSite=lax$/);
        // Browsers keep 4,096 bytes of a name and its value. Addresses of services can be longer.
        expect(header.length).toBeLessThan(3000);
      }
    }
    for (let round = 0; round < 3; round += 1) {
      if (round === 1) for (const { browser } of people) age(browser);
      const pages = await Promise.all(people.map(({ browser }) => browser.ask("/")));
      expect(pages.map(({ text }) => text)).toEqual(
        people.map(({ person }) => `<p>Signed in as ${person.username}</p>`),
      );
    }
    const [first, second] = people;
    const { refresh } = sessionOf(first.browser);
    await first.browser.ask("/sign-out", {});
    expect(nameOf(first.browser)).toBe("");
    expect((await first.browser.ask("/")).text).toBe("<p>Sign in first.</p>");
    expect((await call("refreshToken", { refresh })).status).toBe(401);
    expect((await second.browser.ask("/")).text).toContain(second.person.username);
  });

  it("renews where cookies can be set, and nowhere else", async () => {
    const { person, browser } = await signedIn();
    age(browser);
    const before = sessionOf(browser);
    expect(await browser.ask("/without-proxy")).toEqual({
      text: "<p>Token is invalid or expired</p>",
      set: [],
    });
    const { text, set } = await browser.ask("/");
    expect(text).toBe(`<p>Signed in as ${person.username}</p>`);
    // Another one shows the client that cookies can be set, and is removed at once.
    const lasting = set.filter((text) => !text.includes("Max-Age=0"));
    expect(lasting).toEqual([expect.stringMatching(/; Secure; HttpOnly; SameSite=lax$/)]);
    expect(sessionOf(browser).refresh).not.toBe(before.refresh);
    expect((await browser.ask("/without-proxy")).text).toBe(text);
    // Two requests of a browser at once get the same tokens.
    age(browser);
    const two = [browser, browserAt(server.url, new Map(browser.cookies))];
    for (const answer of await Promise.all(two.map((one) => one.ask("/")))) expect(answer.text).toBe(text);
    const [one, other] = two.map((asking) => sessionOf(asking).refresh);
    expect(one).toBe(other);
  });
});

describe("recipe for phones", () => {
  type App = { client: Client };

  it("keeps people signed in over a restart, and does without crypto", async () => {
    const person = await activated();
    const { client } = await loadRecipe<App>(folder, "mobile-client.ts");
    const { stored, ...store } = await loadRecipe<typeof Phone>(folder, "phone.ts");
    const signInWithout = async (name: string, letters: number) => {
      const sent = { email: person.email, otp_code: await loginCode(person, letters) };
      vi.stubGlobal(name, undefined);
      const { error } = await client.createToken(sent);
      vi.unstubAllGlobals();
      return error;
    };
    expect(await signInWithout("crypto", 1)).toBeNull();
    const texts = [...stored.values()];
    expect(texts).toHaveLength(1);
    // Expo's store warns above 2,048 bytes. Addresses of services are in both tokens.
    expect(texts[0]?.length).toBeLessThan(2000);
    const me = { data: { username: person.username } };
    const restarted = await loadRecipe<App>(folder, "mobile-client.ts", "?restarted");
    expect(restarted.client).not.toBe(client);
    expect(await restarted.client.getMe()).toMatchObject(me);
    const asyncStorage = {
      getItem: store.getItemAsync,
      setItem: store.setItemAsync,
      removeItem: store.deleteItemAsync,
    };
    const plain = createClient({ baseUrl: stack.url, storage: webStorage(asyncStorage) });
    expect(await plain.getMe()).toMatchObject(me);
    await plain.signOut();
    expect(stored.size).toBe(0);
    expect(await signInWithout("atob", 2)).toMatchObject({ code: "unexpected_answer" });
  });
});

it.each([
  "http://localhost:3000",
  "http://localhost:5173",
  "http://127.0.0.1:5173",
  "http://[::1]:5173",
  "https://localhost",
])("the stack of npm start serves pages of %s", async (origin) => {
  const url = `${stack.url}/api/v1/auth/user/me/`;
  const asked = { "access-control-request-method": "PATCH" };
  const names = "authorization,content-type,x-device-token";
  const preflight = await fetch(url, {
    method: "OPTIONS",
    headers: { origin, ...asked, "access-control-request-headers": names },
  });
  expect(preflight.status).toBe(204);
  const header = (name: string) => preflight.headers.get(`access-control-${name}`)?.toLowerCase().split(",");
  expect(header("allow-origin")).toEqual(["*"]);
  expect(header("allow-methods")).toContain("patch");
  expect(header("allow-headers")).toEqual(expect.arrayContaining(names.split(",")));
  expect(header("max-age")).toEqual(["3600"]);
  const { headers } = await call("getMe", undefined, { headers: { origin } });
  expect(headers.get("access-control-allow-origin")).toBe("*");
  expect(headers.get("access-control-expose-headers")).toBe("x-request-id, retry-after, x-device-token");
});
