import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { locales, type Locale } from "../../shared/identity/locale.ts";
import { letterBook } from "../../shared/letters/letter-book.ts";
import { letterNames, placeholdersOf, type LetterName } from "../../shared/letters/letter-names.ts";
import { startTestStack, type TestStack } from "../support/stacks/test-stack.ts";
import { expectAccessible } from "./accessibility.ts";
import { launchBrowser, openPage } from "./watched-page.ts";

/** The longest name that the setting allows, in one word. */
const product = "Donaudampfschifffahrtsgesellschaftsverwaltung";

let stack: TestStack;
let browser: Browser;
beforeAll(async () => {
  [stack, browser] = await Promise.all([
    startTestStack({ settings: { PRODUCT_NAME: product } }),
    launchBrowser(),
  ]);
});
afterAll(() => Promise.all([stack.remove(), browser.close()]));

const lengthIn = (locale: Locale): number => JSON.stringify(letterBook.texts[locale]).length;
const longest = locales.toSorted((a, b) => lengthIn(b) - lengthIn(a))[0] ?? "en";
const hasCode = (name: LetterName): boolean => (placeholdersOf[name] as readonly string[]).includes("code");
const sixDigits = new Set<LetterName>(["activation", "activation_replaced", "login"]);

const overflow = (page: Page) =>
  page.evaluate<number>("document.documentElement.scrollWidth - document.documentElement.clientWidth");
const rgb = (colour: string) =>
  `rgb(${[1, 3, 5].map((at) => Number.parseInt(colour.slice(at, at + 2), 16)).join(", ")})`;

const cases = ([longest, "ar"] as const).flatMap((locale) =>
  [320, 640].flatMap((width) =>
    (["light", "dark"] as const).map((colorScheme) => ({ locale, width, colorScheme })),
  ),
);

describe.each(cases)("letters ($locale, $width pixels, $colorScheme)", ({ locale, width, colorScheme }) => {
  it("fit, have enough contrast, and show their code first", async () => {
    const viewport = { width, height: 640 };
    const { page, problems } = await openPage(browser, stack.url, { viewport, colorScheme });
    for (const name of letterNames) {
      await page.goto(`/_letters/${locale}/${name}.html`);
      expect(await overflow(page), name).toBeLessThanOrEqual(0);
      const ground = await page.evaluate("getComputedStyle(document.body).backgroundColor");
      expect(ground, name).toBe(rgb(letterBook.layout[colorScheme].background));
      // Contrast doesn't depend on the width.
      if (width === 320) await expectAccessible(page);
      if (!hasCode(name)) continue;
      const code = page.locator(".code");
      const { y = Infinity } = (await code.boundingBox()) ?? {};
      expect(y, name).toBeLessThan(name === "email_changing" ? 400 : 200);
      await code.locator("bdi").dblclick();
      const selected = await page.evaluate<string>("getSelection().toString().trim()");
      expect(selected, name).toBe(sixDigits.has(name) ? "123456" : "ABCDEFGHIJKLMNOP");
    }
    expect(problems).toEqual([]);
    await page.context().close();
  });
});

it.each([
  { colorScheme: "light", width: 1280 },
  { colorScheme: "dark", width: 390 },
] as const)("the list of letters is usable, $colorScheme", async ({ colorScheme, width }) => {
  const viewport = { width, height: 844 };
  const { page, problems } = await openPage(browser, stack.url, { viewport, colorScheme });
  await page.goto("/_inbox/");
  await page.getByRole("link", { name: "All letters" }).click();
  await page.getByRole("heading", { name: "Letters" }).waitFor();
  await expectAccessible(page);
  expect(await overflow(page)).toBeLessThanOrEqual(0);
  await page.getByRole("navigation").getByRole("link", { name: "ar", exact: true }).click();
  const frame = page.frameLocator('iframe[title="activation, 320 pixels, dark"]');
  await frame.locator(".code").waitFor();
  const ground = await frame.locator("body").evaluate("getComputedStyle(document.body).backgroundColor");
  expect(ground).toBe(rgb(letterBook.layout.dark.background));
  expect(problems).toEqual([]);
});
