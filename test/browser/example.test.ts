// Drives the sign-in page that people copy, as they would, from another origin than the API's.
import { spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import type { Browser, BrowserContextOptions, Locator, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from "vitest";
import { freePort } from "../../infra/local/engines/free-port.ts";
import { eventually } from "../support/assert/eventually.ts";
import { succeed } from "../support/calls/api.ts";
import { codeTo, letterTo } from "../support/mail/letters.ts";
import { administer, signedInAdmin } from "../support/people/administrators.ts";
import { newPassword } from "../support/people/credentials.ts";
import { activated, newPerson, register, signedIn, type Person } from "../support/people/people.ts";
import { startTestStack, type TestStack } from "../support/stacks/test-stack.ts";
import { expectAccessible } from "./accessibility.ts";
import { launchBrowser, openPage } from "./watched-page.ts";

const script = join(import.meta.dirname, "../../infra/client/serve-example.ts");

const runExample = (port: number, api: string) => {
  const child = spawn(process.execPath, [script, "--port", String(port), "--api", api]);
  const said = { out: "", error: "" };
  child.stdout.setEncoding("utf8").on("data", (text: string) => (said.out += text));
  child.stderr.setEncoding("utf8").on("data", (text: string) => (said.error += text));
  const says = (words: string) =>
    eventually(words, () => {
      if (child.exitCode !== null) throw new Error(said.error);
      return said.out.includes(words) || undefined;
    });
  return { child, said, says };
};
const exitCode = async (child: ChildProcess) => {
  if (child.exitCode === null) await once(child, "exit");
  return child.exitCode;
};

let stack: TestStack;
let browser: Browser;
let example: ReturnType<typeof runExample>;
let port: number;
beforeAll(async () => {
  // A fourth letter within ten minutes is refused, so that the page has something to wait for.
  const settings = { UNPROVEN_LETTERS_PER_TEN_MINUTES: "3" };
  [stack, browser, port] = await Promise.all([startTestStack({ settings }), launchBrowser(), freePort()]);
  example = runExample(port, stack.url);
  await example.says("Page");
});
afterAll(async () => {
  example.child.kill();
  await Promise.all([stack.remove(), browser.close()]);
});

const openExample = async (host = "127.0.0.1", options: BrowserContextOptions = {}) => {
  const opened = await openPage(browser, `http://${host}:${port}`, options, [stack.url]);
  onTestFinished(() => opened.page.context().close());
  await opened.page.goto("/");
  return opened;
};

const heading = (page: Page, name: string) => page.getByRole("heading", { name, exact: true, level: 1 });
const press = (page: Page, name: string) => page.getByRole("button", { name, exact: true }).click();
const status = (page: Page, text: string) => page.getByRole("status").getByText(text).waitFor();
/** A form of the account's page, by the words of its button. */
const formOf = (page: Page, button: string) =>
  page.locator("form", { has: page.getByRole("button", { name: button, exact: true }) });
/** The field of the view that is shown. The others are in the page, too. */
const field = (page: Page, label: string) => page.locator("main:visible").getByLabel(label, { exact: true });
const soon = <Value>(ask: () => Promise<Value>) => {
  return expect.poll(ask, { timeout: 60_000 });
};
const isFocused = async (place: Locator) => (await place.and(place.page().locator(":focus")).count()) === 1;
const expectFocus = (place: Locator) => soon(() => isFocused(place)).toBe(true);

/** In dark and light, and as narrow as the smallest phones. */
const inspect = async (page: Page) => {
  for (const colorScheme of ["light", "dark"] as const) {
    await page.emulateMedia({ colorScheme });
    await expectAccessible(page);
  }
  const size = page.viewportSize() ?? { width: 1280, height: 800 };
  await page.setViewportSize({ width: 320, height: 640 });
  const { scrollWidth } = await page.evaluate<{ scrollWidth: number }>(
    "({ scrollWidth: document.documentElement.scrollWidth })",
  );
  expect(scrollWidth).toBe(320);
  await page.setViewportSize(size);
};

const paste = async (page: Page, place: Locator, text: string) => {
  await place.focus();
  await page.context().grantPermissions(["clipboard-read", "clipboard-write"]);
  await page.evaluate(`navigator.clipboard.writeText(${JSON.stringify(text)})`);
  await page.keyboard.press("ControlOrMeta+V");
};

/** Signs in with the code of letter number `letters`. */
const signIn = async (page: Page, { email, password }: Person, letters: number) => {
  await field(page, "Email").fill(email);
  await field(page, "Password").fill(password);
  await press(page, "Email me a code");
  await field(page, "Code").fill(await codeTo(email, letters));
  await press(page, "Sign in");
  await heading(page, "Your account").waitFor();
  await page.getByRole("listitem").first().waitFor();
};

describe.each(["127.0.0.1", "localhost"])("the example at %s", (host) => {
  it("registers, activates and signs in with pasted codes, and survives a reload", async () => {
    const { page, problems } = await openExample(host);
    const { username, email, password } = newPerson();
    await heading(page, "Sign in").waitFor();
    await inspect(page);
    await page.getByRole("link", { name: "Create an account" }).click();
    await expectFocus(heading(page, "Create an account"));
    await inspect(page);
    await field(page, "Username").fill(username);
    await field(page, "Email").fill(email);
    await field(page, "Password").fill(password);
    await press(page, "Email me a code");
    await status(page, "We have sent you a code.");
    await expectFocus(field(page, "Code"));
    const code = await codeTo(email);
    expect(code).toMatch(/^\d{3} \d{3}$/);
    await paste(page, field(page, "Code"), code);
    await inspect(page);
    await press(page, "Activate account");
    await heading(page, "Sign in").waitFor();
    await status(page, "Account activated.");
    await field(page, "Email").fill(email);
    await field(page, "Password").fill(password);
    await press(page, "Email me a code");
    await expectFocus(field(page, "Code"));
    await inspect(page);
    const letter = await letterTo(email, 2);
    await paste(page, field(page, "Code"), `${letter.Subject}\n${letter.Body.text_part}`);
    await page.keyboard.press("Enter");
    await expectFocus(heading(page, "Your account"));
    await page.getByText("this device").waitFor();
    await inspect(page);
    await page.reload();
    await heading(page, "Your account").waitFor();
    await page.getByText(email).waitFor();
    expect(await field(page, "Username").inputValue()).toBe(username);
    await press(page, "Sign out");
    await heading(page, "Sign in").waitFor();
    await status(page, "You are signed out.");
    expect(await page.content()).not.toContain(email);
    expect(problems).toEqual([]);
  });
});

describe("the example", () => {
  it("takes the code of an invitation", async () => {
    const { page, problems } = await openExample();
    const { email, password } = newPerson();
    await administer(await signedInAdmin(stack.folder), "inviteUser", { body: { email } });
    await page.getByRole("link", { name: "Create an account" }).click();
    await heading(page, "Create an account").waitFor();
    await field(page, "Email").fill(email);
    await field(page, "Password").fill(password);
    await paste(page, field(page, "Code"), await codeTo(email));
    await page.keyboard.press("Enter");
    await status(page, "Account activated.");
    expect(problems).toEqual([]);
  });

  it("leads a person who is not activated to the activation", async () => {
    const { page } = await openExample();
    const { email, password } = await register();
    await field(page, "Email").fill(email);
    await field(page, "Password").fill(password);
    await press(page, "Email me a code");
    await field(page, "Code").fill(await codeTo(email, 2));
    await press(page, "Sign in");
    await page.getByText("The code is wrong or has expired.").waitFor();
    await page.getByRole("link", { name: "It is an activation code" }).click();
    await heading(page, "Create an account").waitFor();
    await field(page, "Email").fill(email);
    await field(page, "Password").fill(password);
    await field(page, "Code").fill(await codeTo(email, 2));
    await press(page, "Activate account");
    await status(page, "Account activated.");
  });

  it("works with the keyboard alone", async () => {
    const { page, problems } = await openExample();
    const { email, password } = await activated();
    await expectFocus(heading(page, "Sign in"));
    for (const text of [email, password]) {
      await page.keyboard.press("Tab");
      await page.keyboard.type(text);
    }
    await page.keyboard.press("Enter");
    await expectFocus(field(page, "Code"));
    await page.keyboard.type(await codeTo(email, 2));
    await page.keyboard.press("Enter");
    await expectFocus(heading(page, "Your account"));
    await page.keyboard.press("Tab");
    await expectFocus(page.getByRole("button", { name: "Sign out", exact: true }));
    await page.keyboard.press("Enter");
    await expectFocus(heading(page, "Sign in"));
    expect(problems).toEqual([]);
  });

  it("shows refusals at their field, and moves the focus there", async () => {
    const { page, problems } = await openExample();
    const { email, password } = await activated();
    const described = async (place: Locator) =>
      page.locator(`[id="${await place.getAttribute("aria-describedby")}"]`).textContent();
    await field(page, "Email").fill("ada");
    await press(page, "Email me a code");
    await expectFocus(field(page, "Email"));
    expect(await described(field(page, "Email"))).toBe("Enter a valid email address.");
    expect(await described(field(page, "Password"))).toBe("This field may not be blank.");
    await inspect(page);
    await field(page, "Email").fill(email);
    await field(page, "Password").fill(newPassword());
    await press(page, "Email me a code");
    await page.getByRole("alert").getByText("No active account found").waitFor();
    expect(await field(page, "Email").getAttribute("aria-invalid")).toBeNull();
    await inspect(page);
    await field(page, "Password").fill(password);
    await press(page, "Email me a code");
    const [code] = [field(page, "Code"), await codeTo(email, 2)];
    await code.fill("000 000");
    await press(page, "Sign in");
    await expectFocus(code);
    expect(await described(code)).toBe("The code is wrong or has expired. Ask for a new one.");
    expect(await code.getAttribute("aria-invalid")).toBe("true");
    await inspect(page);
    await code.fill("12");
    await press(page, "Sign in");
    await page.getByText("Enter the 6 digits of the code.").waitFor();
    expect(await page.locator(".error").count()).toBe(1);
    expect(problems).toEqual([]);
  });

  it("sends a form once, and its button keeps the focus", async () => {
    const { page, problems } = await openExample();
    const { email, password } = await activated();
    const { promise: released, resolve: release } = Promise.withResolvers<void>();
    let sent = 0;
    await page.route("**/user/otp/", async (route) => {
      if (route.request().method() === "POST") {
        sent += 1;
        await released;
      }
      await route.continue();
    });
    await field(page, "Email").fill(email);
    await field(page, "Password").fill(password);
    const button = page.getByRole("button", { name: "Email me a code" });
    await button.focus();
    await page.keyboard.press("Enter");
    await soon(() => button.getAttribute("aria-disabled")).toBe("true");
    expect(await isFocused(button)).toBe(true);
    await page.keyboard.press("Enter");
    await button.click({ force: true });
    await field(page, "Password").press("Enter");
    release();
    await status(page, "We have sent you a code.");
    expect(sent).toBe(1);
    expect(problems).toEqual([]);
  });

  it("waits before it sends another code, as long as the service says", async () => {
    const { page, problems } = await openExample();
    await page.clock.install();
    const person = await activated();
    await signIn(page, person, 2);
    const form = formOf(page, "Email me a code");
    const button = form.getByRole("button");
    const sent: string[] = [];
    page.on("response", (response) => {
      if (response.url().endsWith("/set_email/") && response.request().method() === "POST")
        sent.push(String(response.status()));
    });
    const { email } = newPerson();
    await form.getByLabel("New email").fill(email);
    await form.getByLabel("Current password").fill(person.password);
    for (const count of [1, 2]) {
      await button.click();
      await form.getByText(/You can try again in (30|29) s\./).waitFor();
      await button.click({ force: true });
      expect(await button.getAttribute("aria-disabled")).toBe("true");
      await page.clock.runFor(31_000);
      expect(await button.getAttribute("aria-disabled")).toBe("false");
      expect(sent).toEqual(Array(count).fill("204"));
    }
    const other = await signedIn();
    const change = { current_password: other.password, new_email: email };
    await succeed("setEmail", change, { token: other.access });
    await button.click();
    await form.getByRole("alert").getByText("Too many emails were requested").waitFor();
    await form.getByText(/You can try again in \d{2,3} s\./).waitFor();
    await button.click({ force: true });
    expect(sent).toEqual(["204", "204", "429"]);
    await inspect(page);
    expect(problems).toEqual([]);
  });

  it("follows a sign-out and a sign-in of another tab", async () => {
    const { page, problems } = await openExample();
    const person = await activated();
    await signIn(page, person, 2);
    const other = await page.context().newPage();
    await other.goto("/");
    await heading(other, "Your account").waitFor();
    await press(other, "Sign out");
    await expectFocus(heading(page, "Sign in"));
    await signIn(other, person, 3);
    await heading(page, "Your account").waitFor();
    await page.getByText(person.email).waitFor();
    expect(problems).toEqual([]);
  });

  it("lists sessions and ends those of other devices", async () => {
    const person = await activated();
    const first = await openExample();
    const [second, third] = [await openExample(), await openExample("localhost")];
    const devices = [first, second, third];
    for (const [index, { page }] of devices.entries()) await signIn(page, person, index + 2);
    const { page } = first;
    await page.reload();
    const there = page.getByRole("button", { name: /^Sign out there: / });
    await soon(() => there.count()).toBe(2);
    await inspect(page);
    // The newest is first.
    await there.first().click();
    await soon(() => there.count()).toBe(1);
    await expectFocus(page.getByRole("heading", { name: "Where you are signed in" }));
    await third.page.reload();
    await status(third.page, "Your session has ended. Sign in again.");
    await press(page, "Sign out everywhere else");
    await status(page, "All other sessions have ended.");
    await soon(() => there.count()).toBe(0);
    await press(second.page, "Save names");
    await status(second.page, "Your session has ended. Sign in again.");
    for (const { problems } of devices) expect(problems).toEqual([]);
  });

  it("changes names, password and address, and deletes the account", async () => {
    const { page, problems } = await openExample();
    const person = await activated();
    await signIn(page, person, 2);

    const names = formOf(page, "Save names");
    await names.getByLabel("First name").fill("Ada");
    await press(page, "Save names");
    await status(page, "Your names are saved.");
    await names.getByLabel("Username").fill("");
    await press(page, "Save names");
    await expectFocus(names.getByLabel("Username"));
    await page.reload();
    await soon(() => names.getByLabel("First name").inputValue()).toBe("Ada");

    const passwords = formOf(page, "Change password");
    const password = newPassword();
    await passwords.getByLabel("Current password").fill("wrong");
    await passwords.getByLabel("New password").fill(password);
    await press(page, "Change password");
    await expectFocus(passwords.getByLabel("Current password"));
    await passwords.getByText("Invalid password.").waitFor();
    await passwords.getByLabel("Current password").fill(person.password);
    await press(page, "Change password");
    await status(page, "Your password is changed. All other sessions have ended.");
    expect(await passwords.getByLabel("New password").inputValue()).toBe("");

    const { email } = newPerson();
    const address = formOf(page, "Email me a code");
    await address.getByLabel("New email").fill(email);
    await address.getByLabel("Current password").fill(password);
    await press(page, "Email me a code");
    const confirmation = formOf(page, "Change email");
    await expectFocus(confirmation.getByLabel("Code from the new address"));
    await confirmation.getByRole("textbox").fill("ABCD-EFGH-IJKL-MNOP");
    await press(page, "Change email");
    await confirmation.getByText("The code is wrong or no longer valid.").waitFor();
    await inspect(page);
    await confirmation.getByRole("textbox").fill(await codeTo(email));
    await press(page, "Change email");
    await status(page, "Your email is changed.");
    await page.getByText(email).waitFor();
    expect(await address.getByLabel("Current password").inputValue()).toBe("");

    const deletion = formOf(page, "Delete account");
    await deletion.getByLabel("Current password").fill(password);
    await press(page, "Delete account");
    // The earlier address can take the account back for seven days.
    await deletion.getByRole("alert").getByText("was changed recently").waitFor();
    expect(problems).toEqual([]);
  });

  it("resets a lost password, and deletes the account", async () => {
    const { page, problems } = await openExample();
    const person = await activated();
    await page.getByRole("link", { name: "Forgot your password?" }).click();
    await expectFocus(heading(page, "Reset your password"));
    await field(page, "Email").fill(person.email);
    await press(page, "Email me a code");
    await status(page, "Check your inbox for a code.");
    await field(page, "Code").fill(await codeTo(person.email, 2));
    await field(page, "New password").fill("12345678");
    await inspect(page);
    await press(page, "Change password");
    await expectFocus(field(page, "New password"));
    const password = newPassword();
    await field(page, "New password").fill(password);
    await press(page, "Change password");
    await status(page, "Your password is changed.");
    await heading(page, "Sign in").waitFor();
    await signIn(page, { ...person, password }, 4);
    const deletion = formOf(page, "Delete account");
    await deletion.getByLabel("Current password").fill(password);
    await press(page, "Delete account");
    await heading(page, "Sign in").waitFor();
    await status(page, "Your account is deleted.");
    expect(problems).toEqual([]);
  });

  it("says when the service can't be reached, and works again after", async () => {
    const { page } = await openExample();
    const { email, password } = await activated();
    await field(page, "Email").fill(email);
    await field(page, "Password").fill(password);
    await page.context().setOffline(true);
    await press(page, "Email me a code");
    await page.getByRole("alert").getByText("The service can't be reached. Try again.").waitFor();
    await page.context().setOffline(false);
    await press(page, "Email me a code");
    await status(page, "We have sent you a code.");
  });

  it("saves no names before it has read them, and signs out offline", async () => {
    const { page } = await openExample();
    const person = await activated();
    await signIn(page, person, 2);
    await page.route("**/user/me/**", (route) => route.abort());
    await page.reload();
    await status(page, "The service can't be reached. Try again.");
    const names = formOf(page, "Save names").getByRole("textbox");
    for (const name of await names.all()) expect(await name.isDisabled()).toBe(true);
    await page.unrouteAll();
    await page.context().setOffline(true);
    await page.context().setOffline(false);
    await soon(() => names.first().inputValue()).toBe(person.username);
    await page.context().setOffline(true);
    await press(page, "Sign out");
    await expectFocus(heading(page, "Sign in"));
    await status(page, "The service can't be reached. Try again.");
  });
});

describe("npm run example", () => {
  it("serves three files, to this machine only, with a strict policy", async () => {
    const page = await fetch(`http://127.0.0.1:${port}/`);
    const policy = page.headers.get("content-security-policy") ?? "";
    expect(policy).toContain(`connect-src ${stack.url};`);
    expect(policy).not.toMatch(/unsafe|\*/);
    expect(await page.text()).toContain(`<meta name="lit-auth" content="${stack.url}`);
    for (const path of ["/index.html", "/sign-in-page.ts", "/../../package.json", "/%2e%2e/package.json"])
      expect((await fetch(`http://127.0.0.1:${port}${path}`)).status, path).toBe(404);
    await expect(fetch(`http://127.0.0.2:${port}/`)).rejects.toThrow("fetch failed");
  });

  it("says that the port is taken, or that no API answers", async () => {
    const second = runExample(port, stack.url);
    expect(await exitCode(second.child)).toBe(1);
    expect(second.said.error).toBe(
      `Port ${port} is in use. Stop the program that uses it, or run \`npm run example -- --port ${port + 1}\`.\n`,
    );
    const unused = `http://127.0.0.1:${await freePort()}`;
    const alone = runExample(await freePort(), unused);
    await alone.says(`No API answers at ${unused}. Start one in another terminal: npm start`);
    expect(example.said.out).not.toContain("No API answers");
    alone.child.kill("SIGINT");
    expect(await exitCode(alone.child)).toBe(0);
  });
});
