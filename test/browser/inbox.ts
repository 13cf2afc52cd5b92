// Reads letters where a developer reads them: on the inbox page, in another tab.
import type { Page } from "playwright-core";
import { letterTo } from "../support/mail/letters.ts";

/** Returns the code in letter number `count` to this address, as the page shows it. */
export const codeInInbox = async (page: Page, address: string, count = 1): Promise<string> => {
  const { Id } = await letterTo(address, count);
  const inbox = await page.context().newPage();
  await inbox.goto("/_inbox/");
  await inbox.getByLabel("To", { exact: true }).fill(address);
  await inbox.locator(`button[data-id="${Id}"]`).click();
  await inbox.getByText("Plain text", { exact: true }).click();
  const text = await inbox.locator("#text").innerText();
  await inbox.close();
  const [code] = /\d{3} \d{3}|[A-Z2-7]{4}(?:-[A-Z2-7]{4}){3}/.exec(text) ?? [];
  if (code === undefined) throw new Error(`no code in the letter ${count} to ${address}`);
  return code;
};
