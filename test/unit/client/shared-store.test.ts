// What other tabs and other people do to a store, between a call's steps.
import { describe, expect, it, vi } from "vitest";
import { memoryStorage, webStorage } from "../../../client/create-client.ts";
import {
  clientOn,
  codeOf,
  inBrowser,
  signedInPage,
  signIn,
  storedPair,
} from "../../support/client/client-worlds.ts";
import { answer, gate, refused, useFakeService } from "../../support/client/fake-service.ts";
import { passSeconds, settled, turn, useFakeTime } from "../../support/client/fake-time.ts";
import { WebStore } from "../../support/client/test-stores.ts";

useFakeTime();
const current = useFakeService();

describe("a store that another tab has changed", () => {
  it("keeps the newer tokens when an older call is refused", async () => {
    const { client, store } = await signedInPage();
    const { fault, open, arrived } = gate();
    current.service.once("getMe", async (act, call) => {
      await fault(() => new Response(), call);
      return refused("token_not_valid")(act, call);
    });
    const waiting = client.getMe();
    await arrived;
    current.service.once("getMe", refused("token_not_valid"));
    expect(codeOf(await settled(clientOn(webStorage(store)).getMe()))).toBeNull();
    const newest = storedPair(store)?.refresh;
    const texts = vi.spyOn(store, "setItem");
    open();
    expect(codeOf(await settled(waiting))).toBeNull();
    expect(texts).not.toHaveBeenCalled();
    expect(storedPair(store)?.refresh).toBe(newest);
    expect(current.service.named("refreshToken")).toHaveLength(1);
  });

  it("sends no call of one person as another", async () => {
    const { client, store } = await signedInPage("ada");
    await signIn(clientOn(webStorage(store)), "bob");
    const { length } = current.service.calls;
    expect(codeOf(await settled(client.updateMe({ first_name: "Ada" })))).toBe("not_authenticated");
    expect(current.service.calls).toHaveLength(length);
    expect(client.getSnapshot()).toMatchObject({ status: "signed_in", userId: "bob" });
    expect((await settled(client.getMe())).data).toMatchObject({ id: "bob" });
  });

  it("makes the next person wait for no failure of the last one", async () => {
    const { client } = await signedInPage("ada");
    await passSeconds(1000);
    const busy = answer(429, { detail: "Busy.", code: "throttled" }, { "retry-after": "3600" });
    current.service.once("refreshToken", busy);
    expect(codeOf(await settled(client.getMe()))).toBe("throttled");
    await signIn(client, "bob");
    await passSeconds(1000);
    expect((await settled(client.getMe())).data).toMatchObject({ id: "bob" });
  });
});

describe("codes of ours with another status", () => {
  it.each([
    [503, "user_inactive"],
    [403, "user_not_found"],
    [429, "user_quota_spent"],
    [401, "user_quota_spent"],
  ])("%i %s leaves the session as it is", async (status, code) => {
    const { client } = await signedInPage();
    current.service.once("getMe", answer(status, { detail: "No.", code }));
    expect((await settled(client.getMe())).error?.status).toBe(status);
    expect(client.getSnapshot().status).toBe("signed_in");
    expect(codeOf(await settled(client.getMe()))).toBeNull();
  });
});

describe("odd uses", () => {
  it("a channel that throws is done without", async () => {
    vi.stubGlobal("BroadcastChannel", () => undefined);
    const client = inBrowser(() => clientOn(memoryStorage()));
    await signIn(client, "ada");
    expect(codeOf(await settled(client.signOut()))).toBeNull();
  });

  it("a listener that subscribes twice ends one subscription at a time", async () => {
    const client = clientOn(memoryStorage());
    const listener = vi.fn<() => void>();
    const [end] = [client.subscribe(listener), client.subscribe(listener)];
    end?.();
    await signIn(client, "ada");
    await turn();
    expect(listener).toHaveBeenCalledTimes(1);
  });

  it("no session without a name is ended", async () => {
    const { client } = await signedInPage("ada", new WebStore());
    for (const id of ["", "..", "../x"])
      expect(codeOf(await settled(client.endSession({ id })))).toBe("not_found");
    for (const { url } of current.service.named("endSession"))
      expect(url.pathname).toMatch(/\/sessions\/[\w-]+\/$/);
    expect(current.service.live()).toHaveLength(1);
  });

  it("null for the options is as good as none", async () => {
    const { client } = await signedInPage();
    const none = null as unknown as undefined;
    expect(codeOf(await settled(client.getMe(none)))).toBeNull();
    expect(codeOf(await settled(client.getAccessToken(none)))).toBeNull();
    expect(codeOf(await settled(client.signOut(none)))).toBeNull();
  });
});
