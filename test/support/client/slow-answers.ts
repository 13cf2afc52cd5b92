// What can happen to tabs while they wait for an answer.
import type { Page } from "playwright-core";

/** The service gets the next request to this path, and its answer waits. */
export const holdAnswer = async (page: Page, path: string) => {
  const { promise: held, resolve } = Promise.withResolvers<{ text: string; release: () => Promise<void> }>();
  await page.route(
    `**${path}`,
    async (route) => {
      const response = await route.fetch();
      resolve({ text: await response.text(), release: () => route.fulfill({ response }) });
    },
    { times: 1 },
  );
  return { held };
};

/** Answers all requests to this path instead of the service. */
export const answerInstead = (
  page: Page,
  path: string,
  answer: { status: number; body: string; contentType?: string },
  times = Infinity,
) => page.route(`**${path}`, (route) => route.fulfill(answer), { times });

export const refusedToken = {
  status: 401,
  contentType: "application/json",
  body: '{"detail":"Token is invalid or expired","code":"token_not_valid"}',
};

/**
 * Stops all scripts of the pages at the next statement, as sleep does. Playwright keeps pages
 * visible, and Chromium freezes none that is.
 */
export const putToSleep = async (pages: readonly Page[]) => {
  const sessions = await Promise.all(pages.map((page) => page.context().newCDPSession(page)));
  const stopped = sessions.map((session) => new Promise((done) => session.once("Debugger.paused", done)));
  for (const session of sessions) {
    await session.send("Debugger.enable");
    await session.send("Debugger.pause");
  }
  return {
    asleep: Promise.all(stopped),
    wake: () => Promise.all(sessions.map((session) => session.send("Debugger.disable"))),
  };
};
