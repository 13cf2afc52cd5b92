// Steps on the admin page that find elements as people do: by headings, labels and buttons.
import type { Page } from "playwright-core";
import { lettersTo } from "../support/mail/letters.ts";
import type { Person } from "../support/people/people.ts";
import { codeInInbox } from "./inbox.ts";

export const heading = (page: Page, name: string) =>
  page.getByRole("heading", { name, exact: true, level: 1 });

const givePassword = async (page: Page, { email, password }: Person) => {
  await page.getByLabel("Email", { exact: true }).fill(email);
  await page.getByLabel("Password", { exact: true }).fill(password);
  await page.getByRole("button", { name: "Continue" }).click();
  await heading(page, "Enter the code").waitFor();
};

/** Signs in with the code that the inbox page shows. */
export const signInOn = async (page: Page, person: Person) => {
  const before = await lettersTo(person.email);
  await givePassword(page, person);
  await page
    .getByLabel("Code", { exact: true })
    .fill(await codeInInbox(page, person.email, before.length + 1));
  await page.getByRole("button", { name: "Sign in" }).click();
};

/** Finds a person by the beginning of the address and opens their page. */
export const find = async (page: Page, { email }: Person) => {
  await page.getByLabel("Email begins with").fill(email.slice(0, -4));
  await page.getByRole("button", { name: "Search" }).click();
  await page.getByRole("link", { name: email }).click();
  await heading(page, email).waitFor();
};

/** Opens the dialog of an action and confirms it, with the administrator's password if it asks. */
export const confirm = async (page: Page, label: string, password?: string) => {
  await page.getByRole("button", { name: label }).click();
  const dialog = page.getByRole("dialog");
  if (password !== undefined) await dialog.getByLabel("Your password").fill(password);
  await dialog.getByRole("button", { name: label }).click();
};
