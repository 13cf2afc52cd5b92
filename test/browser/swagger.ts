// Steps in Swagger UI as people take them: one operation at a time, with "Execute".
import type { Page } from "playwright-core";

type Shown = { status: number; body: unknown };

const statusIn = ".live-responses-table tbody .response-col_status";

/** Fills in the body, executes, and reads the answer from the page. */
export const tryOut = async (page: Page, operation: string, body?: object): Promise<Shown> => {
  const block = page.locator(`.opblock[id$="-${operation}"]`);
  await block.locator(".opblock-summary-control").click();
  if (body) await block.locator(".body-param__text").fill(JSON.stringify(body));
  await block.getByRole("button", { name: "Execute" }).click();
  const status = Number.parseInt(await block.locator(statusIn).first().innerText(), 10);
  const shown = await block.locator(".live-responses-table .highlight-code code").first().innerText();
  await block.locator(".opblock-summary-control").click();
  return { status, body: JSON.parse(shown) };
};

export const authorise = async (page: Page, token: string): Promise<void> => {
  await page.getByRole("button", { name: "Authorize", exact: true }).click();
  const dialog = page.locator(".modal-ux");
  await dialog.locator("input").fill(token);
  await dialog.getByRole("button", { name: "Apply credentials" }).click();
  await dialog.getByRole("button", { name: "Close" }).last().click();
};
