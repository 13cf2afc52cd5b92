// What front ends of other origins can do, in a real Chromium. docs/api.md has the same table.
import { once } from "node:events";
import { createServer, type Server } from "node:http";
import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { codeTo } from "../support/mail/letters.ts";
import { createAdministrator } from "../support/people/administrators.ts";
import { register } from "../support/people/people.ts";
import { startTestStack, type TestStack } from "../support/stacks/test-stack.ts";
import { pointAt } from "../support/stacks/target-urls.ts";
import { heading, signInOn } from "./admin-page.ts";
import { launchBrowser } from "./watched-page.ts";

let browser: Browser;
let site: Server;
let stacks: Record<"any" | "one" | "several", TestStack>;
let pages: Record<"same origin" | "same site" | "other site", (stack: TestStack) => string>;
beforeAll(async () => {
  site = createServer((_, response) =>
    response.setHeader("content-type", "text/html").end("<title>App</title>"),
  );
  site.listen(0, "127.0.0.1");
  await once(site, "listening");
  const address = site.address();
  const port = typeof address === "object" && address !== null ? address.port : 0;
  const [near, far] = [`http://127.0.0.1:${port}`, `http://localhost:${port}`];
  pages = {
    "same origin": ({ url }) => `${url}/swagger/openapi.json`,
    "same site": () => near,
    "other site": () => far,
  };
  // The feature is Chromium's own defence, which other browsers don't have.
  browser = await launchBrowser(["--disable-features=LocalNetworkAccessChecks"]);
  stacks = {
    any: await startTestStack(),
    one: await startTestStack({ settings: { ALLOWED_ORIGINS: near } }),
    several: await startTestStack({
      settings: { ALLOWED_ORIGINS: `${near}, ${far}`, ALLOWED_HEADERS: "X-Tenant" },
    }),
  };
});
afterAll(async () => {
  site.close();
  site.closeAllConnections();
  await Promise.all([...Object.values(stacks).map((stack) => stack.remove()), browser.close()]);
});

const open = async (url: string): Promise<Page> => {
  const page = await (await browser.newContext()).newPage();
  await page.goto(url);
  return page;
};

type Sent = { method?: string; headers?: Record<string, string>; body?: string } & Pick<
  RequestInit,
  "credentials" | "mode"
>;
/** What a script sees, or `blocked`. */
const fetchOn = (page: Page, url: string, sent: Sent) =>
  page.evaluate(
    ([url, sent]) =>
      fetch(url, sent).then(
        async (answer) => ({
          status: answer.status,
          device: answer.headers.has("x-device-token"),
          id: answer.headers.has("x-request-id"),
        }),
        () => "blocked" as const,
      ),
    [url, sent] as const,
  );

const json = { "content-type": "application/json" };

/** Activates a new person on the page. Says what page and browser get of the device token. */
const activateOn = async (
  from: keyof typeof pages,
  allowed: keyof typeof stacks,
  credentials?: "include",
) => {
  const stack = stacks[allowed];
  pointAt(stack);
  const { email } = await register();
  const page = await open(pages[from](stack));
  const url = `${stack.url}/api/v1/auth/user/activation/`;
  const body = JSON.stringify({ email, otp_code: await codeTo(email) });
  const seen = await fetchOn(page, url, {
    method: "POST",
    headers: json,
    body,
    ...(credentials && { credentials }),
  });
  const cookies = await page.context().cookies(stack.url);
  const cookie = cookies.some(({ name }) => name === "lit-device");
  await page.context().close();
  return seen === "blocked" ? seen : { header: seen.device, cookie };
};

describe("device token", () => {
  const both = { header: true, cookie: true };
  const header = { header: true, cookie: false };

  it.each([
    ["same origin", "any", undefined, both],
    ["same origin", "any", "include", both],
    ["same origin", "several", "include", both],
    ["same site", "any", undefined, header],
    ["same site", "any", "include", "blocked"],
    ["same site", "one", undefined, header],
    ["same site", "one", "include", both],
    ["same site", "several", "include", both],
    ["other site", "any", undefined, header],
    ["other site", "any", "include", "blocked"],
    ["other site", "several", undefined, header],
    ["other site", "several", "include", header],
    ["other site", "one", undefined, "blocked"],
  ] as const)("of a page of the %s, allowed: %s, credentials: %s", async (from, allowed, mode, expected) => {
    expect(await activateOn(from, allowed, mode)).toEqual(expected);
  });
});

describe("answers of the gateway itself", () => {
  it.each([
    ["same site", "any", undefined, true],
    ["same site", "any", "include", false],
    ["same site", "one", "include", true],
    ["same site", "several", "include", false],
    ["other site", "several", undefined, true],
  ] as const)(
    "to a page of the %s, allowed: %s, credentials: %s",
    async (from, allowed, credentials, readable) => {
      const stack = stacks[allowed];
      const page = await open(pages[from](stack));
      const sent: Sent = credentials ? { credentials } : {};
      const unknown = await fetchOn(page, `${stack.url}/api/v1/unknown/`, sent);
      expect(unknown).toEqual(readable ? { status: 404, device: false, id: true } : "blocked");
      const refused = await fetchOn(page, `${stack.url}/api/v1/auth/user/me/`, sent);
      const isBlocked = allowed === "any" && credentials === "include";
      expect(refused).toEqual(isBlocked ? "blocked" : { status: 401, device: false, id: true });
      await page.context().close();
    },
  );
});

it("headers of frameworks, tracing and the setting pass the preflight, others don't", async () => {
  const stack = stacks.several;
  const page = await open(pages["other site"](stack));
  const url = `${stack.url}/api/v1/auth/user/me/`;
  const usual = "authorization x-device-token x-csrftoken x-requested-with traceparent tracestate baggage";
  const names = `${usual} sentry-trace x-tenant accept-language`.split(" ");
  const headers = Object.fromEntries(names.map((name) => [name, "x"]));
  expect(await fetchOn(page, url, { headers, credentials: "include" })).toMatchObject({ status: 401 });
  expect(await fetchOn(page, url, { headers: { "x-other": "x" } })).toBe("blocked");
  await page.context().close();
});

it("a listed origin can't use the session of the admin page", async () => {
  const stack = stacks.several;
  pointAt(stack);
  const administrator = await createAdministrator(stack.folder);
  const context = await browser.newContext({ baseURL: stack.url });
  const admin = await context.newPage();
  await admin.goto("/admin/");
  await signInOn(admin, administrator);
  await heading(admin, "Users").waitFor();
  const before = await context.cookies();
  const sent: string[] = [];
  const url = `${stack.url}/api/v1/admin/session/`;
  for (const from of ["same site", "other site"] as const) {
    const page = await context.newPage();
    await page.goto(pages[from](stack));
    const outcomes = [];
    for (const request of [
      { method: "POST", body: "{}", headers: json },
      { method: "POST", body: "{}" },
      { method: "DELETE" },
    ])
      outcomes.push(await fetchOn(page, url, { ...request, credentials: "include" }));
    expect(outcomes).toEqual(["blocked", "blocked", "blocked"]);
    // A form's request needs no CORS. To another origin of the same site, it carries the cookie.
    page.on("response", (response) => sent.push(`${response.request().method()} ${response.status()}`));
    const form = { method: "POST", body: "{}", mode: "no-cors", credentials: "include" } as const;
    expect(await fetchOn(page, url, form)).toMatchObject({ status: 0 });
    await page.close();
  }
  expect(sent).toEqual(["POST 403", "POST 403"]);
  expect(await context.cookies()).toEqual(before);
  await admin.reload();
  await heading(admin, "Users").waitFor();
  await context.close();
});
