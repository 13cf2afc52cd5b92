// A stack, a browser and a front end of another origin, for all tests of a file.
import type { Browser, Page } from "playwright-core";
import { afterAll, afterEach, beforeAll, expect } from "vitest";
import { launchBrowser } from "../../browser/watched-page.ts";
import { startTestStack, type TestStack } from "../stacks/test-stack.ts";
import { startClientSite, type ClientSite } from "./client-site.ts";
import { sessionSince } from "./past-sessions.ts";
import { openProfile, showing, signInWith, type Profile } from "./tabs.ts";

export const frontEnd = () => {
  let started: { stack: TestStack; browser: Browser; site: ClientSite };
  const profiles: Profile[] = [];
  beforeAll(async () => {
    // The feature is Chromium's own defence, which other browsers don't have.
    const launch = launchBrowser(["--disable-features=LocalNetworkAccessChecks"]);
    const [stack, browser] = await Promise.all([startTestStack(), launch]);
    started = { stack, browser, site: await startClientSite(stack.url) };
  });
  afterEach(async () => {
    const ended = profiles.splice(0);
    await Promise.all(ended.map(({ context }) => context.close()));
    // Tokens are JWTs.
    for (const { url } of ended.flatMap(({ sent }) => sent)) expect(url).not.toMatch(/eyJ|refresh=|access=/);
  });
  afterAll(async () => {
    started.site.stop();
    await Promise.all([started.stack.remove(), started.browser.close()]);
  });

  const openNewProfile = async () => {
    const profile = await openProfile(started.browser, started.site);
    profiles.push(profile);
    return profile;
  };

  return {
    stack: () => started.stack,
    site: () => started.site,
    openProfile: openNewProfile,
    /** Tabs of a person who signed in some time ago. Their device still shows that time. */
    tabsSince: async (
      secondsAgo: number,
      { count = 1, query = "", clock = -secondsAgo }: { count?: number; query?: string; clock?: number } = {},
    ) => {
      const person = await sessionSince(secondsAgo, started.stack);
      const profile = await openNewProfile();
      if (clock !== 0) await profile.setClock(clock);
      const tabs = (await profile.openMany(count, query)) as [Page, Page, ...Page[]];
      const [tab] = tabs;
      await signInWith(tab, person);
      for (const other of tabs) await showing(other, { status: "signed_in", userId: person.id });
      return { person, profile, tabs, tab };
    },
  };
};
