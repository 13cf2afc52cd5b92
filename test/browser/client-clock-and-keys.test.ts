// The client in a real Chromium when the clock of the device or the keys of the service change.
import { join } from "node:path";
import { decodeProtectedHeader } from "jose";
import type { Page } from "playwright-core";
import { describe, expect, it } from "vitest";
import { bundlesDirectory } from "../../infra/bundling/bundle-functions.ts";
import { runCommand } from "../support/calls/commands.ts";
import { keySecretsOf } from "../support/calls/key-secrets.ts";
import { frontEnd } from "../support/client/front-end.ts";
import { sessionsOf } from "../support/client/past-sessions.ts";
import { callOn, showing, storedSession } from "../support/client/tabs.ts";

const front = frontEnd();

describe("clock of the device", () => {
  const hour = 3600;

  it("may be wrong and change, without a storm of renewals", async () => {
    const { person, profile, tabs } = await front.tabsSince(0, { count: 2, clock: hour });
    const counts = [];
    for (const offset of [undefined, -hour, hour, 0, undefined]) {
      if (offset !== undefined) await profile.setClock(offset);
      const before = profile.sentTo("/jwt/refresh/").length;
      for (let round = 0; round < 4; round += 1)
        for (const { code } of await Promise.all(tabs.map((tab) => callOn(tab, "getMe"))))
          expect(code, `${offset}`).toBeNull();
      counts.push(profile.sentTo("/jwt/refresh/").length - before);
    }
    expect(counts[0]).toBe(0);
    expect(counts[4]).toBe(0);
    for (const count of counts) expect(count).toBeLessThanOrEqual(tabs.length);
    expect(await sessionsOf(person)).toHaveLength(1);
  });
});

describe("signing keys of the service", () => {
  const renew = (...functions: string[]) =>
    front.stack().replaceExecutionEnvironments(functions.map((name) => join(bundlesDirectory, name)));
  const kidOf = async (tab: Page) => decodeProtectedHeader((await storedSession(tab))?.access ?? "").kid;

  it("are rotated and no one notices", async () => {
    const [fresh, due] = [await front.tabsSince(0), await front.tabsSince(1200)];
    await due.profile.setClock(0);
    const before = await kidOf(due.tab);
    await keySecretsOf(front.stack()).rotate("SigningKeys");
    renew("get-me", "refresh-token");
    for (const { tab, person } of [fresh, due])
      expect(await callOn(tab, "getMe")).toMatchObject({ data: { id: person.id } });
    expect(fresh.profile.sentTo("/jwt/refresh/")).toEqual([]);
    expect(await kidOf(fresh.tab)).toBe(before);
    expect(await kidOf(due.tab)).not.toBe(before);
  });

  // The tests before this one sign with keys that this one revokes.
  it("are revoked, and all tabs say so once", async () => {
    const { profile, tab } = await front.tabsSince(0);
    const tabs = [tab, await profile.open()];
    await runCommand("revoke-keys", ["--yes"], front.stack());
    expect((await callOn(tab, "getMe")).code).toBe("token_not_valid");
    for (const each of [...tabs, await profile.open()]) {
      await showing(each, { status: "signed_out", reason: "session_ended" });
      expect((await callOn(each, "getMe")).code).toBe("not_authenticated");
      expect(await storedSession(each)).toBeUndefined();
    }
    const asked = () => profile.sent.filter(({ url }) => url.includes("/api/")).map(({ path }) => path);
    await expect.poll(asked).toEqual(["/user/me/", "/jwt/refresh/"]);
  });
});
