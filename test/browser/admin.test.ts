import { randomUUID } from "node:crypto";
import { readFileSync } from "node:fs";
import type { Browser, BrowserContextOptions, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { administer, createAdministrator, signedInAdmin } from "../support/people/administrators.ts";
import { staff } from "../../shared/events/actor.ts";
import { historyStore } from "../../shared/events/history-store.ts";
import { call, succeed } from "../support/calls/api.ts";
import { expectRefused } from "../support/assert/refusals.ts";
import { report } from "../support/mail/feedback.ts";
import { codeTo, letterTo, lettersTo } from "../support/mail/letters.ts";
import { activated, newPerson, register, signedIn, signIn, type Person } from "../support/people/people.ts";
import { startTestStack, type TestStack } from "../support/stacks/test-stack.ts";
import { expectAccessible } from "./accessibility.ts";
import { confirm, find, heading, signInOn } from "./admin-page.ts";
import { codeInInbox } from "./inbox.ts";
import { launchBrowser, openPage } from "./watched-page.ts";

let stack: TestStack;
let browser: Browser;
let administrator: Person;
let root: Awaited<ReturnType<typeof signedInAdmin>>;
beforeAll(async () => {
  [stack, browser] = await Promise.all([startTestStack(), launchBrowser()]);
  administrator = await createAdministrator(stack.folder, newPerson({ email: "root@example.com" }));
  root = await signedInAdmin(stack.folder);
});
afterAll(() => Promise.all([stack.remove(), browser.close()]));

const openAdmin = async (options?: BrowserContextOptions) => {
  const watched = await openPage(browser, stack.url, options);
  await watched.page.goto("/admin/");
  await signInOn(watched.page, administrator);
  await heading(watched.page, "Users").waitFor();
  return watched;
};

describe("administrator on the admin page", () => {
  it("deactivates a person immediately and reactivates them", async () => {
    const person = await signedIn();
    const { page, problems } = await openAdmin();
    await find(page, person);
    await confirm(page, "Deactivate", "Not-The-Password-1");
    await page.getByRole("dialog").getByText("Invalid password.").waitFor();
    await page.getByRole("dialog").getByRole("button", { name: "Cancel" }).click();
    await succeed("getMe", undefined, { token: person.access });
    await confirm(page, "Deactivate", administrator.password);
    await page.getByText(`${person.email} is deactivated.`).waitFor();
    expectRefused(await call("getMe", undefined, { token: person.access }), "user_inactive");
    await page.getByRole("button", { name: "Activate", exact: true }).click();
    await page.getByText(`${person.email} is active.`).waitFor();
    await signIn(person, 2);
    expect(problems).toEqual([]);
  });

  it("sees what has changed, in the list and after a search", async () => {
    const { username, email: ascii } = newPerson({
      email: newPerson().email.replace("@", "@xn--bcher-kva."),
    });
    const person = await register(
      newPerson({ username, email: ascii.replace("xn--bcher-kva", "b\u00fccher") }),
    );
    await succeed("activateUser", { email: person.email, otp_code: await codeTo(ascii) });
    const { page, problems } = await openAdmin();
    await page.keyboard.press("/");
    await page.keyboard.type(person.email.slice(0, -9).toUpperCase());
    await page.keyboard.press("Enter");
    const row = page.getByRole("row", { name: person.email });
    await row.getByText("Active").waitFor();
    const change = (body: object) => administer(root, "updateUser", { id: person.id, body });
    const off = { is_active: false, current_password: root.password };
    for (const [body, ask] of [
      [off, () => page.keyboard.press("Enter")],
      [{ is_active: true }, () => page.getByRole("button", { name: "Refresh" }).click()],
      [off, () => page.getByRole("button", { name: "Search" }).click()],
    ] as const) {
      expect((await change(body)).status).toBe(200);
      await ask();
      await row.getByText(body.is_active ? "Active" : "Deactivated").waitFor();
    }
    await page.keyboard.press("/");
    await page.keyboard.press("Escape");
    expect(await page.evaluate("document.activeElement.tagName")).toBe("BODY");

    const name = newPerson().username;
    await page.getByRole("link", { name: person.email }).click();
    await page.getByLabel("Username").fill(name);
    await page.getByRole("button", { name: "Save" }).click();
    await page.getByText(`The changes to ${person.email} are saved.`).waitFor();
    await page.getByRole("link", { name: "Back to the list" }).click();
    await row.getByText(name).waitFor();
    expect(await page.getByText("are saved").count()).toBe(0);
    await page.getByLabel("Email begins with").fill("");
    await page.getByLabel("Username begins with").fill(name.slice(0, -2));
    await page.getByText("More filters").click();
    const today = new Date().toLocaleDateString("sv");
    await page.getByLabel("Registered from").fill(today);
    await page.getByLabel("Registered until").fill(today);
    await page.getByRole("button", { name: "Search" }).click();
    await page.getByText("Sorted by username").waitFor();
    await row.waitFor();
    await page.getByLabel("Registered until").fill("2020-02-29");
    await page.getByRole("button", { name: "Search" }).click();
    await page.getByText("This time must be later").waitFor();
    await page.getByLabel("Registered from").fill("2020-02-29");
    await page.getByRole("button", { name: "Search" }).click();
    await page.getByText("No people match this search.").waitFor();
    expect(problems).toEqual([]);
  });

  it("learns that a call has failed, and tries again", async () => {
    const person = await activated();
    const { page, problems } = await openAdmin();
    await page.getByText(/^(About )?[\d,]+ people$/).waitFor();
    await find(page, person);
    await page.getByLabel("First name").fill("Ada");
    await page.context().setOffline(true);
    const save = page.getByRole("button", { name: "Save" });
    const unreachable = page.getByText("The service could not be reached.");
    for (const _ of [1, 2]) {
      await save.click();
      await page.getByRole("alert").and(unreachable).waitFor();
    }
    expect(await page.getByLabel("First name").inputValue()).toBe("Ada");
    await page.getByRole("button", { name: "Unlock" }).click();
    await page.locator(".notice.error").getByText("The service could not be reached.").waitFor();
    await page.context().setOffline(false);
    await page.getByRole("button", { name: "Unlock" }).click();
    await page.getByText(`counted for ${person.email} were cleared.`).waitFor();
    expect(await unreachable.count()).toBe(0);
    expect(await page.getByLabel("First name").inputValue()).toBe("Ada");
    await save.click();
    await page.getByText("are saved.").waitFor();

    await page.context().setOffline(true);
    await page.getByRole("link", { name: "Back to the list" }).click();
    await page.getByText("The list could not be loaded.").waitFor();
    await page.context().setOffline(false);
    await page.getByRole("button", { name: "Try again" }).click();
    await page.getByText("The list could not be loaded.").waitFor({ state: "detached" });
    await page.getByRole("link", { name: person.email }).waitFor();
    expect(problems.filter((problem) => !problem.includes("ERR_INTERNET_DISCONNECTED"))).toEqual([]);
  });

  it("deactivates several people at once, and learns who is left", async () => {
    const first = await signedIn();
    const people = [first, await activated(), await activated(), await register()];
    const { page, problems } = await openAdmin();
    const tick = ({ email }: Person) => page.getByLabel(`Select ${email}`);
    for (const one of [...people, administrator]) await tick(one).check();
    await page.getByText("5 selected.").waitFor();
    const skipped = page.locator(".selection > p");
    await skipped.getByText("because you can't deactivate yourself").waitFor();
    await skipped.getByText("because registrations are deleted, not deactivated").waitFor();
    const dialog = page.getByRole("dialog");
    await page.getByRole("button", { name: "Deactivate selected…" }).click();
    await dialog.getByText("Deactivate 3 people?").waitFor();
    await expectAccessible(page);
    await dialog.getByLabel("Your password").fill("Not-The-Password-1");
    await dialog.getByRole("button", { name: "Deactivate", exact: true }).click();
    await dialog.getByText("Invalid password.").waitFor();
    await succeed("getMe", undefined, { token: first.access });
    const last = people[2]!;
    expect(
      (await administer(root, "deleteUser", { id: last.id, body: { current_password: root.password } }))
        .status,
    ).toBe(204);
    await dialog.getByLabel("Your password").fill(administrator.password);
    await dialog.getByRole("button", { name: "Deactivate", exact: true }).click();
    await dialog.getByText(`2 of 3 people are deactivated. Not ${last.email}: Not found.`).waitFor();
    await dialog.getByRole("button", { name: "Cancel" }).click();
    await page.getByRole("row", { name: people[1]!.email }).getByText("Deactivated").waitFor();
    expectRefused(await call("getMe", undefined, { token: first.access }), "user_inactive");
    expect(await tick(people[1]!).isChecked()).toBe(false);
    await tick(people[3]!).waitFor();
    expect(problems).toEqual([]);
  });

  it("changes the language of a person's emails", async () => {
    const person = await signedIn();
    const { page, problems } = await openAdmin();
    await find(page, person);
    const shown = page.getByText("Language of emails").and(page.locator("dt")).locator("+ dd");
    const choose = async (label: string) => {
      await page.getByLabel("Language of emails").selectOption({ label });
      await page.getByRole("button", { name: "Save" }).click();
      await shown.getByText(label).waitFor();
    };
    await shown.getByText("Not chosen").waitFor();
    await choose("Arabic");
    const me = () => succeed("getMe", undefined, { token: person.access });
    expect(await me()).toMatchObject({ locale: "ar", username: person.username });
    await choose("Not chosen");
    expect(await me()).not.toHaveProperty("locale");
    expect(problems).toEqual([]);
  });

  it("exports a person's data, and ends one session and then all", async () => {
    const person = await signedIn();
    const [first, other] = [person.access, (await signIn(person, 2)).access];
    const at = Math.floor(Date.now() / 1000);
    const ids = Array.from({ length: 26 }, () => `evt_${randomUUID().replaceAll("-", "")}`);
    const happened = { type: "password.changed", at, userId: person.id, actor: staff(root) } as const;
    await historyStore().add(ids.map((id, index) => ({ ...happened, id, version: index + 9 })));
    const { page, problems } = await openAdmin();
    await find(page, person);
    const history = page.getByRole("region", { name: "Activity" });
    const entry = history.getByRole("row", { name: /^Password changed .* Administrator / });
    await entry.nth(24).waitFor();
    expect(await entry.first().getByRole("link").getAttribute("href")).toBe(`#/users/${root.id}`);
    await history.getByRole("button", { name: "Show older" }).click();
    await entry.nth(25).waitFor();
    await page.getByText("Last sign-in").waitFor();
    await page.getByRole("button", { name: "Export data…" }).click();
    const dialog = page.getByRole("dialog");
    await dialog.getByLabel("Your password").fill(administrator.password);
    const [file] = await Promise.all([
      page.waitForEvent("download"),
      dialog.getByRole("button", { name: "Export" }).click(),
    ]);
    expect(file.suggestedFilename()).toBe(`user-${person.id}.json`);
    expect(JSON.parse(readFileSync(await file.path(), "utf8")).user.email).toBe(person.email);
    const ends = page.getByRole("button", { name: /^End the session on / });
    await ends.first().click();
    await page.getByText("The session has ended.").waitFor();
    await ends.nth(1).waitFor({ state: "detached" });
    const statuses = async () =>
      (await Promise.all([first, other].map((token) => call("getMe", undefined, { token })))).map(
        ({ status }) => status,
      );
    expect((await statuses()).toSorted((a, b) => a - b)).toEqual([200, 401]);
    await confirm(page, "End sessions");
    await page.getByText("Not signed in on any device.").waitFor();
    expect(await statuses()).toEqual([401, 401]);
    expect(problems).toEqual([]);
  });

  it("invites a person, and sends the invitation again", async () => {
    const { email, password, username } = newPerson();
    const { page, problems } = await openAdmin();
    await page.getByRole("button", { name: "Invite…" }).click();
    const dialog = page.getByRole("dialog");
    await dialog.getByLabel("Email").fill(administrator.email);
    await dialog.getByRole("button", { name: "Send invitation" }).click();
    await dialog.getByText("A user with that email already exists.").waitFor();
    await dialog.getByLabel("Email").fill(email);
    await dialog.getByRole("button", { name: "Send invitation" }).click();
    await page.getByText("The invitation is on its way.").waitFor();
    await find(page, { email, password, username });
    await page.getByText("Invited").waitFor();
    await page.getByRole("button", { name: "Send invitation again" }).click();
    await page.getByText("A new invitation is on its way").waitFor();
    const otp_code = await codeInInbox(page, email, 2);
    await succeed("activateUser", { email, otp_code, password });
    expect(problems).toEqual([]);
  });

  it("deletes a person after a confirmation, which can be cancelled", async () => {
    const person = await signedIn();
    const { page, problems } = await openAdmin();
    await find(page, person);
    await page.getByRole("button", { name: "Delete" }).click();
    await page.getByRole("dialog").getByRole("button", { name: "Cancel" }).click();
    await succeed("getMe", undefined, { token: person.access });
    await confirm(page, "Delete", administrator.password);
    await heading(page, "Users").waitFor();
    expectRefused(await call("getMe", undefined, { token: person.access }), "user_not_found");
    expect(problems).toEqual([]);
  });

  it("sends a registration a new activation code", async () => {
    const person = await register();
    const { page, problems } = await openAdmin();
    await find(page, person);
    await page.getByRole("button", { name: "Send code" }).click();
    const otp_code = await codeInInbox(page, person.email, 2);
    await succeed("activateUser", { email: person.email, otp_code });
    expect(problems).toEqual([]);
  });

  it("sends a reset letter and changes a person's address", async () => {
    const person = await activated();
    const { email } = newPerson();
    const { page, problems } = await openAdmin();
    await find(page, person);
    await page.getByRole("button", { name: "Send reset email" }).click();
    await page.getByText(`An email with a password reset code is on its way to ${person.email}.`).waitFor();
    await page.getByRole("button", { name: "Change address…" }).click();
    const dialog = page.getByRole("dialog");
    await dialog.getByLabel("New address").fill(person.email);
    await dialog.getByLabel("Your password").fill(administrator.password);
    await dialog.getByRole("button", { name: "Change address" }).click();
    await dialog.getByText("This is the account's address already.").waitFor();
    await dialog.getByLabel("New address").fill(email);
    await dialog.getByRole("button", { name: "Change address" }).click();
    await page.getByText("A code is on its way to the new address").waitFor();
    await succeed("claimEmail", { email, otp_code: await codeInInbox(page, email) });
    expect(problems).toEqual([]);
  });

  it("sees why letters come back, and tries again", async () => {
    const person = await activated();
    await report((await letterTo(person.email)).Id, "bounce");
    const { page, problems } = await openAdmin();
    await find(page, person);
    await page.getByRole("heading", { name: "Emails to this address come back" }).waitFor();
    await page.getByText("Its mail server says that the mailbox does not exist.").waitFor();
    await page.getByRole("link", { name: "Back to the list" }).click();
    await page.getByText("Emails come back").waitFor();
    await find(page, person);
    const { remove } = stack.faults.add({
      principal: "RetryDelivery",
      operation: "DeleteSuppressedDestination",
      error: { code: "InternalFailure", status: 500 },
      times: 10,
    });
    await page.getByRole("button", { name: "Try again" }).click();
    await page.getByRole("alert").getByText("The service is busy. Try again.").waitFor();
    remove();
    await page.getByRole("button", { name: "Try again" }).click();
    await page.getByText(`Emails to ${person.email} leave again.`).waitFor();
    await page
      .getByRole("heading", { name: "Emails to this address come back" })
      .waitFor({ state: "detached" });
    await signIn(person);
    // The answer that this test has made fail.
    expect(problems.filter((problem) => !problem.includes("503"))).toEqual([]);
  });

  it("moves a person from a lost mailbox, with a second administrator", async () => {
    const [person, second] = [await signedIn(), await createAdministrator(stack.folder)];
    const { email } = newPerson();
    const { page, problems } = await openAdmin();
    await find(page, person);
    await page.getByRole("button", { name: "Mailbox lost or stolen…" }).click();
    await page.getByRole("dialog").getByLabel("New address").fill(email);
    await page.getByRole("dialog").getByLabel("Your password").fill(administrator.password);
    await page.getByRole("dialog").getByRole("button", { name: "Freeze and move" }).click();
    await page.getByText("The account is frozen.").waitFor();
    await heading(page, person.email).waitFor();
    await page.getByRole("heading", { name: "Frozen, because the mailbox is lost" }).waitFor();
    expectRefused(await call("getMe", undefined, { token: person.access }), "user_inactive");
    await confirm(page, "Confirm the move", administrator.password);
    await page.getByRole("dialog").getByText("Another administrator can confirm this change now").waitFor();

    const other = await openPage(browser, stack.url);
    await other.page.goto("/admin/");
    await signInOn(other.page, second);
    await find(other.page, person);
    await confirm(other.page, "Confirm the move", second.password);
    await other.page.getByText("A code is on its way to the new address.").waitFor();
    await other.page.getByText("It is confirmed:").waitFor();
    await succeed("claimEmail", { email, otp_code: await codeInInbox(other.page, email, 2) });
    expect([...problems, ...other.problems]).toEqual([]);
  });

  it("cancels a move from a lost mailbox", async () => {
    const person = await activated();
    const { page, problems } = await openAdmin();
    await find(page, person);
    await page.getByRole("button", { name: "Mailbox lost or stolen…" }).click();
    await page.getByRole("dialog").getByLabel("New address").fill(newPerson().email);
    await page.getByRole("dialog").getByLabel("Your password").fill(administrator.password);
    await page.getByRole("dialog").getByRole("button", { name: "Freeze and move" }).click();
    await page.getByText("The account is frozen.").waitFor();
    await confirm(page, "Cancel the move");
    await page.getByText(`${person.email} is no longer frozen.`).waitFor();
    await page.getByRole("button", { name: "Deactivate" }).waitFor();
    await signIn(person, 3);
    expect(problems).toEqual([]);
  });

  it("returns to the same page after their session has ended", async () => {
    const person = await activated();
    const { page, problems } = await openAdmin();
    await find(page, person);
    await page.getByText("Not signed in on any device.").waitFor();
    const letters = await lettersTo(administrator.email);
    const { access } = await signIn(administrator, letters.length);
    await succeed("endOtherSessions", undefined, { token: access });
    await page.getByRole("button", { name: "Unlock" }).click();
    await page.getByText("Your session has ended.").waitFor();
    await signInOn(page, administrator);
    await heading(page, person.email).waitFor();
    expect(problems).toEqual([]);
  });
});

describe("session of the admin page", () => {
  const cookiesOf = (page: Page) => page.context().cookies();
  const staffCookie = async (page: Page) =>
    (await cookiesOf(page)).find(({ name }) => name === "__Host-lit-staff");
  const secondTab = async (page: Page, path = "/admin/") => {
    const tab = await page.context().newPage();
    await tab.goto(path);
    return tab;
  };

  it.each(["127.0.0.1", "localhost"])(
    "survives reloads and is shared by tabs, at %s [ASVS 14.3.3]",
    async (host) => {
      const baseURL = stack.url.replace("127.0.0.1", host);
      const { page, problems } = await openPage(browser, baseURL);
      await page.goto("/admin/");
      await signInOn(page, administrator);
      await heading(page, "Users").waitFor();
      expect(await staffCookie(page)).toMatchObject({ httpOnly: true, secure: true, sameSite: "Strict" });
      // No script can read what lasts.
      const kept =
        "JSON.stringify([{ ...localStorage }, { ...sessionStorage }, document.cookie, location.href])";
      expect(await page.evaluate<string>(kept)).not.toContain("eyJ");
      await page.reload();
      await heading(page, "Users").waitFor();
      const tab = await secondTab(page);
      await Promise.all([page.reload(), tab.reload()]);
      await Promise.all([page, tab].map((one) => heading(one, "Users").waitFor()));
      await page.goto("/admin/#/login");
      await heading(page, "Users").waitFor();
      expect(problems).toEqual([]);
    },
  );

  it("ends in all tabs with the button [ASVS 7.4.4, 14.3.1]", async () => {
    const { page, problems } = await openAdmin();
    const tab = await secondTab(page);
    await heading(tab, "Users").waitFor();
    await page.getByRole("button", { name: "Sign out" }).click();
    for (const one of [page, tab]) await heading(one, "Sign in").waitFor();
    expect(await staffCookie(page)).toBeUndefined();
    for (const one of [page, tab]) {
      await one.reload();
      await heading(one, "Sign in").waitFor();
    }
    expect(problems).toEqual([]);
  });

  it("ends later if the server can't be reached at the sign-out", async () => {
    const { page } = await openAdmin();
    await page.route("**/admin/session/", (route) => route.abort());
    await page.getByRole("button", { name: "Sign out" }).click();
    await heading(page, "Sign in").waitFor();
    expect(await staffCookie(page)).toBeDefined();
    await page.unroute("**/admin/session/");
    await page.reload();
    await heading(page, "Sign in").waitFor();
    await expect.poll(() => staffCookie(page)).toBeUndefined();
    await signInOn(page, administrator);
    await heading(page, "Users").waitFor();
    await page.reload();
    await heading(page, "Users").waitFor();
  });

  it("is renewed once for requests that are refused at the same time", async () => {
    const { page, problems } = await openAdmin();
    const link = page.getByRole("link", { name: administrator.email });
    await link.waitFor();
    let [refused, renewals, expired] = [0, 0, ""];
    await page.route("**/api/v1/**", async (route) => {
      const { authorization = "" } = route.request().headers();
      if (route.request().url().endsWith("/admin/session/")) renewals += 1;
      else if (authorization === (expired ||= authorization)) {
        refused += 1;
        const body = { detail: "Token is invalid or expired", code: "token_not_valid" };
        return route.fulfill({ status: 401, json: body });
      }
      return route.continue();
    });
    await link.click();
    await heading(page, administrator.email).waitFor();
    await page.getByRole("table").first().waitFor();
    expect(refused).toBeGreaterThan(1);
    expect(renewals).toBe(1);
    expect(problems).toEqual([]);
  });

  it("asks again once it has ended elsewhere or its cookie has expired", async () => {
    const { page, problems } = await openAdmin();
    // The browser drops the cookie after 30 minutes.
    await page.context().clearCookies();
    await page.reload();
    await heading(page, "Sign in").waitFor();
    await signInOn(page, administrator);
    await heading(page, "Users").waitFor();
    const letters = await lettersTo(administrator.email);
    const { access } = await signIn(administrator, letters.length);
    await succeed("endOtherSessions", undefined, { token: access });
    await page.reload();
    await heading(page, "Sign in").waitFor();
    expect(problems).toEqual([]);
  });
});

it("a user who isn't staff sees an explanation and no people", async () => {
  const person = await activated();
  const { page, problems } = await openPage(browser, stack.url);
  await page.goto("/admin/");
  await signInOn(page, person);
  await page.getByText("This account is not an administrator.").waitFor();
  expect(await page.getByRole("link", { name: person.email }).count()).toBe(0);
  expect(problems).toEqual([]);
});

describe.each([
  { colorScheme: "light", viewport: { width: 1280, height: 800 } },
  { colorScheme: "dark", viewport: { width: 390, height: 844 } },
] as const)("admin page, $viewport.width pixels wide, $colorScheme", (options) => {
  const fitsTheScreen = "document.documentElement.scrollWidth <= document.documentElement.clientWidth";
  const expectUsable = async (page: Page) => {
    await expectAccessible(page);
    expect(await page.evaluate(fitsTheScreen)).toBe(true);
  };

  it("is accessible and fits the screen in every state", async () => {
    const person = await signedIn();
    await report((await letterTo(person.email)).Id, "bounce");
    const { page, problems } = await openPage(browser, stack.url, options);
    await page.goto("/admin/");
    await heading(page, "Sign in").waitFor();
    await expectUsable(page);
    await page.getByLabel("Email", { exact: true }).fill(administrator.email);
    await page.getByLabel("Password", { exact: true }).fill("Not-The-Password-1");
    await page.getByRole("button", { name: "Continue" }).click();
    await page.getByRole("alert").getByText("No active account").waitFor();
    await expectUsable(page);
    await signInOn(page, administrator);
    await page.getByRole("table").waitFor();
    await expectUsable(page);
    await find(page, person);
    await page.getByRole("table").first().waitFor();
    await page.getByRole("heading", { name: "Emails to this address come back" }).waitFor();
    await expectUsable(page);
    await page.getByLabel("First name").fill("Ada");
    await page.getByRole("button", { name: "Save" }).click();
    const { y = -1, height = 0 } = (await page.getByText("are saved.").boundingBox()) ?? {};
    expect([y >= 0, y + height <= options.viewport.height]).toEqual([true, true]);
    const end = await page.getByRole("button", { name: /^End the session on / }).boundingBox();
    expect(end?.height, "on one line").toBe(44);
    await page.getByRole("link", { name: "Back to the list" }).click();
    await page.locator('table[aria-busy="false"]').getByText("Emails come back").first().waitFor();
    await expectUsable(page);
    await find(page, person);
    await page.getByRole("button", { name: "Make administrator" }).click();
    await page.getByRole("dialog").getByLabel("Your password").waitFor();
    await expectUsable(page);
    await page.getByRole("dialog").getByRole("button", { name: "Cancel" }).click();
    await page.getByRole("button", { name: "Mailbox lost or stolen…" }).click();
    const dialog = page.getByRole("dialog");
    await dialog.getByLabel("New address").fill(newPerson().email);
    await dialog.getByLabel("Your password").fill(administrator.password);
    await expectUsable(page);
    await dialog.getByRole("button", { name: "Freeze and move" }).click();
    await page.getByRole("heading", { name: "Frozen, because the mailbox is lost" }).waitFor();
    await expectUsable(page);
    expect(problems).toEqual([]);
  });
});
