// Runs axe-core on a page in its present state. The debugger runs it instead of the page, so the
// page's Content Security Policy needs no exception.
import axe from "axe-core";
import type { Page } from "playwright-core";
import { expect } from "vitest";

type Finding = { rule: string; impact: string; where: string[] };

const run = `axe.run(document, { resultTypes: ["violations"] }).then(({ violations }) =>
  violations
    .filter(({ impact }) => impact === "serious" || impact === "critical")
    .map(({ id, impact, nodes }) => ({ rule: id, impact, where: nodes.map(({ target }) => target.join(" ")) })))`;

export const expectAccessible = async (page: Page): Promise<void> => {
  await page.evaluate(axe.source);
  expect(await page.evaluate<Finding[]>(run)).toEqual([]);
};
