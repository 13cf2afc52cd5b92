import type { Browser } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import * as z from "zod";
import { tokenPair } from "../../shared/contract/schemas.ts";
import { letterTo } from "../support/mail/letters.ts";
import { startTestStack, type TestStack } from "../support/stacks/test-stack.ts";
import { newPerson, register } from "../support/people/people.ts";
import { expectAccessible } from "./accessibility.ts";
import { codeInInbox } from "./inbox.ts";
import { authorise, tryOut } from "./swagger.ts";
import { launchBrowser, openPage } from "./watched-page.ts";

let stack: TestStack;
let browser: Browser;
beforeAll(async () => {
  [stack, browser] = await Promise.all([startTestStack(), launchBrowser()]);
});
afterAll(() => Promise.all([stack.remove(), browser.close()]));

describe("Swagger UI", () => {
  it("runs the flow from registration to the account", async () => {
    const { page, problems } = await openPage(browser, stack.url);
    await page.goto("/swagger/");
    const { username, email, password } = newPerson();
    expect(await tryOut(page, "createUser", { username, email, password })).toMatchObject({ status: 201 });
    const activation = { email, otp_code: await codeInInbox(page, email, 1) };
    expect(await tryOut(page, "activateUser", activation)).toMatchObject({ status: 200 });
    expect(await tryOut(page, "requestOtp", { email, password })).toMatchObject({ status: 200 });
    const login = { email, otp_code: await codeInInbox(page, email, 2) };
    const { access } = tokenPair.parse((await tryOut(page, "createToken", login)).body);
    await authorise(page, access);
    expect(await tryOut(page, "getMe")).toMatchObject({ status: 200, body: { username, email } });
    expect(problems).toEqual([]);
  });

  it("shows every documented operation and is accessible", async () => {
    const { page, problems } = await openPage(browser, stack.url);
    await page.goto("/swagger/");
    await page.locator(".opblock").first().waitFor();
    const document = z
      .object({ paths: z.record(z.string(), z.record(z.string(), z.unknown())) })
      .parse(await (await page.request.get("/swagger/openapi.json")).json());
    const operations = Object.values(document.paths).flatMap(Object.keys);
    expect(await page.locator(".opblock").count()).toBe(operations.length);
    await expectAccessible(page);
    await page.locator(".opblock-summary-control").first().click();
    await page.getByRole("button", { name: "Execute" }).waitFor();
    await expectAccessible(page);
    expect(problems).toEqual([]);
  });
});

describe.each([
  { colorScheme: "light", viewport: { width: 1280, height: 800 } },
  { colorScheme: "dark", viewport: { width: 390, height: 844 } },
] as const)("inbox, $colorScheme", (options) => {
  it("opens from the links, shows an arriving letter, and is accessible", async () => {
    const { page, problems } = await openPage(browser, stack.url, options);
    await page.goto("/");
    await expectAccessible(page);
    await page.getByRole("link", { name: "Inbox" }).click();
    await page.getByRole("heading", { name: "Inbox" }).waitFor();
    await expectAccessible(page);
    const { email } = await register();
    const { Subject } = await letterTo(email);
    await page.getByLabel("To", { exact: true }).fill(email);
    await page.getByRole("button", { name: Subject }).click();
    await page.getByRole("heading", { name: Subject }).waitFor();
    expect(await page.getByRole("article").innerText()).toContain(email);
    await page.getByText("Plain text", { exact: true }).click();
    await page.getByRole("button", { name: "Bounce" }).click();
    await page.getByText("SES reports that this mailbox does not exist.").waitFor();
    await page.getByRole("button", { name: "Complain" }).click();
    await page.getByText("SES reports that this email was marked as spam.").waitFor();
    await expectAccessible(page);
    expect(problems).toEqual([]);
  });
});

it("all pages of this origin have the same strict Content Security Policy", async () => {
  const { page } = await openPage(browser, stack.url);
  const policyOf = async (path: string) => {
    const response = await page.goto(path);
    return response?.headers()["content-security-policy"] ?? "";
  };
  const [admin, swagger, inbox] = [
    await policyOf("/admin/"),
    await policyOf("/swagger/"),
    await policyOf("/_inbox/"),
  ];
  expect(swagger).toBe(admin);
  expect(admin).not.toContain("unsafe");
  // Letters have inline styles, which only the local runner shows.
  expect(inbox.replace(" 'unsafe-inline'", "").split("; ").toSorted()).toEqual(admin.split("; ").toSorted());
});

it("violations of the Content Security Policy are listed as problems", async () => {
  const { page, problems } = await openPage(browser, stack.url);
  await page.goto("/swagger/");
  const inlineScript = `document.createElement("script")`;
  await page.evaluate(`document.body.append(Object.assign(${inlineScript}, { textContent: "0" }))`);
  await expect
    .poll(() => problems, { timeout: 20_000 })
    .toEqual([expect.stringContaining("Content Security Policy")]);
});
