// Opens pages in a real Chromium and lists their problems, of which tests expect none: console
// errors, violations of the Content Security Policy, requests to other origins, missing files.
import { existsSync } from "node:fs";
import { chromium, type Browser, type BrowserContextOptions, type Page } from "playwright-core";

const executables = [process.env["CHROMIUM_PATH"], "/usr/bin/chromium", "/usr/bin/chromium-browser"];

export const launchBrowser = (more: string[] = []): Promise<Browser> => {
  const executablePath = executables.find((path) => path !== undefined && existsSync(path));
  if (!executablePath)
    throw new Error("No Chromium here: apt-get install chromium, or set CHROMIUM_PATH to one.");
  const args = ["--disable-gpu", "--disable-quic", "--disable-background-networking", "--disable-sync"];
  return chromium.launch({ executablePath, args: [...args, ...more], timeout: 120_000 });
};

// True for the browser's own message about a refusal by the API, which is no fault of the page.
const isRefusal = (message: string) =>
  /^Failed to load resource: .* status of (400|401|403|404|429)/.test(message);

const watch = (page: Page, origins: readonly string[]): string[] => {
  const problems: string[] = [];
  page.on("console", (message) => {
    if (["error", "warning"].includes(message.type()) && !isRefusal(message.text()))
      problems.push(`console: ${message.text()}`);
  });
  page.on("pageerror", (error) => problems.push(`thrown: ${error.message}`));
  page.on("request", (request) => {
    const { protocol, origin: target } = new URL(request.url());
    if (protocol.startsWith("http") && !origins.includes(target))
      problems.push(`left the stack: ${request.url()}`);
  });
  page.on("response", (response) => {
    const { pathname } = new URL(response.url());
    const isMistake = response.status() >= (pathname.startsWith("/api/") ? 500 : 400);
    if (isMistake) problems.push(`${response.status()}: ${pathname}`);
  });
  return problems;
};

export const openPage = async (
  browser: Browser,
  origin: string,
  options: BrowserContextOptions = {},
  otherOrigins: readonly string[] = [],
): Promise<{ page: Page; problems: readonly string[] }> => {
  const context = await browser.newContext({ baseURL: origin, ...options });
  context.setDefaultTimeout(60_000);
  const page = await context.newPage();
  return { page, problems: watch(page, [origin, ...otherOrigins]) };
};
