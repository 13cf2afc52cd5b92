// The React recipe of docs/front-ends.md in a real Chromium, from another origin and in two tabs.
import { once } from "node:events";
import { readFileSync, writeFileSync } from "node:fs";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import type { Browser } from "playwright-core";
import { afterAll, beforeAll, expect, it } from "vitest";
import { activated, loginCode } from "../support/people/people.ts";
import { bundleRecipes, writeRecipes } from "../support/recipes/recipes.ts";
import { startTestStack, type TestStack } from "../support/stacks/test-stack.ts";
import { launchBrowser } from "./watched-page.ts";

/** Shows what the hooks return, with a form for the code. */
const application = `
import { createRoot } from "react-dom/client";
import { client } from "./client";
import { signIn } from "./code-form";
import { useSession, useUser } from "./use-user";

const App = () => {
  const user = useUser();
  const { status } = useSession();
  if (status === "signed_in")
    return <p>Hello {user?.username} <button onClick={() => client.signOut()}>Sign out</button></p>;
  return (
    <form action={(form) => void signIn(String(form.get("email")), String(form.get("code")))}>
      <input name="email" /> <input name="code" /> <button>Sign in</button>
    </form>
  );
};
createRoot(document.body).render(<App />);
`;

let stack: TestStack;
let browser: Browser;
let site: Server;
beforeAll(async () => {
  [stack, browser] = await Promise.all([startTestStack(), launchBrowser()]);
  const folder = writeRecipes("recipes-in-browser", stack.url);
  writeFileSync(join(folder, "app.tsx"), application);
  await bundleRecipes(folder, ["app.tsx"], { platform: "browser" });
  const script = readFileSync(join(folder, "out/app.mjs"));
  site = createServer(({ url }, response) =>
    url === "/app.js"
      ? response.setHeader("content-type", "text/javascript").end(script)
      : response
          .setHeader("content-type", "text/html")
          .setHeader("content-security-policy", `script-src 'self'; connect-src 'self' ${stack.url}`)
          .end(
            '<!doctype html><link rel="icon" href="data:," /><script type="module" src="/app.js"></script>',
          ),
  ).listen(0, "127.0.0.1");
  await once(site, "listening");
});
afterAll(async () => {
  site.close();
  await Promise.all([stack.remove(), browser.close()]);
});

it("the React hooks follow a person through sign-in, reload, tabs and sign-out", async () => {
  const person = await activated();
  const context = await browser.newContext();
  const page = await context.newPage();
  const problems: string[] = [];
  page.on("console", (message) => message.type() === "error" && problems.push(message.text()));
  page.on("pageerror", ({ message }) => problems.push(message));
  const url = `http://localhost:${(site.address() as AddressInfo).port}/`;
  await page.goto(url);
  await page.locator("[name=email]").fill(person.email);
  await page.locator("[name=code]").fill(await loginCode(person));
  await page.getByRole("button", { name: "Sign in" }).click();
  const greeting = `Hello ${person.username}`;
  await page.getByText(greeting).waitFor();
  await page.reload();
  await page.getByText(greeting).waitFor();
  const tab = await context.newPage();
  await tab.goto(url);
  await tab.getByText(greeting).waitFor();
  await tab.getByRole("button", { name: "Sign out" }).click();
  await page.getByRole("button", { name: "Sign in" }).waitFor();
  expect(problems).toEqual([]);
  await context.close();
});
