import { join } from "node:path";
import { expect, it } from "vitest";
import { createAdministrator } from "../support/people/administrators.ts";
import { activated, newPerson, register } from "../support/people/people.ts";
import { startTestStack } from "../support/stacks/test-stack.ts";
import { heading, signInOn } from "./admin-page.ts";
import { launchBrowser, openPage } from "./watched-page.ts";

const names = ["ada", "grace", "alan", "hedy", "edsger", "barbara", "donald", "radia", "tony"];

// Only for `npm run screenshot`, because the times in the picture change it at every run.
it.runIf(process.env["MODE"] === "screenshot")("the admin page is drawn for the README", async () => {
  const [stack, browser] = await Promise.all([startTestStack(), launchBrowser()]);
  try {
    const administrator = await createAdministrator(
      stack.folder,
      newPerson({ username: "root", email: "root@example.com" }),
    );
    for (const [index, username] of names.entries())
      await (index % 4 === 3 ? register : activated)(
        newPerson({ username, email: `${username}@example.com` }),
      );
    const viewport = { width: 1120, height: 820 };
    const { page, problems } = await openPage(browser, stack.url, { viewport });
    await page.goto("/admin/");
    await signInOn(page, administrator);
    await heading(page, "Users").waitFor();
    await page.getByRole("link", { name: "ada@example.com" }).waitFor();
    await page.screenshot({ path: join(import.meta.dirname, "admin.png") });
    expect(problems).toEqual([]);
  } finally {
    await Promise.all([stack.remove(), browser.close()]);
  }
});
