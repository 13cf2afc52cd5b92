import { readFileSync } from "node:fs";
import { runInNewContext } from "node:vm";
import { buildSync } from "esbuild";
import { afterEach, describe, expect, it, vi } from "vitest";
import { createClient, memoryStorage, webStorage } from "../../../client/create-client.ts";
import { codeOf, signIn } from "../../support/client/client-worlds.ts";
import { emailOf, goodCode, useFakeService } from "../../support/client/fake-service.ts";
import { settled, useFakeTime } from "../../support/client/fake-time.ts";
import { WebStore } from "../../support/client/test-stores.ts";

useFakeTime();
const current = useFakeService();
afterEach(() => vi.unstubAllGlobals());

const create = (baseUrl: string) => createClient({ baseUrl, storage: memoryStorage() });

describe("baseUrl", () => {
  it.each([
    "https://auth.example.com",
    "https://auth.example.com:8443/prod",
    "http://localhost:8000",
    "http://LOCALHOST:8000",
    "http://app.localhost",
    "http://127.0.0.1:8000",
    "http://127.1",
    "http://127.255.255.254",
    "http://[::1]:8000",
    "http://user@localhost:8000",
  ])("may be %s", (baseUrl) => {
    expect(() => create(baseUrl)).not.toThrow();
  });

  it.each([
    "http://auth.example.com",
    "http://localhost.evil.com",
    "http://notlocalhost",
    "http://127.0.0.1.evil.com",
    "http://127.0.0.1@evil.com",
    "http://localhost@evil.com",
    "http://localhost:8000@evil.com",
    "http://evil.com/localhost",
    "http://evil.com#localhost",
    "http://evil.com?x=127.0.0.1",
    "http://evil.com\\@localhost",
    "http://128.0.0.1",
    "http://10.0.0.1",
    "http://0.0.0.0:8000",
    "http://[::2]",
    "http://[::ffff:1.2.3.4]",
    "http://1270.0.0.1",
    "ftp://localhost",
    "ws://localhost",
    "file:///etc/passwd",
    "javascript:alert(1)//localhost",
    "data:text/html,x",
    "//localhost",
    "localhost:8000",
    "",
  ])("may not be %j", (baseUrl) => {
    expect(() => create(baseUrl)).toThrow(TypeError);
  });

  it.each([
    ["https://x.example.com", "https://x.example.com"],
    ["https://x.example.com/", "https://x.example.com"],
    ["https://x.example.com//", "https://x.example.com"],
    ["https://x.example.com/prod", "https://x.example.com/prod"],
    ["https://x.example.com/prod/", "https://x.example.com/prod"],
    ["https://x.example.com/api/v1/auth", "https://x.example.com"],
    ["https://x.example.com/api/v1/auth/", "https://x.example.com"],
    ["https://x.example.com/prod/api/v1/auth/", "https://x.example.com/prod"],
    ["https://x.example.com/?a=b#c", "https://x.example.com"],
    [["https://user:", "@x.example.com/"].join("x"), "https://x.example.com"],
    ["http://127.0.0.1:8000", "http://127.0.0.1:8000"],
  ])("%s reaches %s", async (baseUrl, base) => {
    const client = create(baseUrl);
    await settled(client.getKeys());
    await settled(client.requestOtp({ email: emailOf("ada"), password: "p" }));
    expect(current.service.calls.map(({ url }) => url.href)).toEqual([
      `${base}/.well-known/jwks.json`,
      `${base}/api/v1/auth/user/otp/`,
    ]);
  });

  it("names the stored session, so services share none", async () => {
    const store = new WebStore();
    const urls = [
      "https://auth.dev.example.com",
      "https://auth-dev.example.com",
      "https://auth.dev-example.com",
      "https://auth.dev.example.com:8443",
      "https://auth.dev.example.com/prod",
    ];
    const [first, ...others] = urls.map((baseUrl) => createClient({ baseUrl, storage: webStorage(store) }));
    if (!first) throw new Error("no client");
    await signIn(first, "ada");
    const codes = await settled(Promise.all(others.map(async (other) => codeOf(await other.getMe()))));
    expect(codes).toEqual(others.map(() => "not_authenticated"));
    const same = createClient({ baseUrl: `${urls[0]}/api/v1/auth/`, storage: webStorage(store) });
    expect((await settled(same.getMe())).data).toMatchObject({ id: "ada" });
  });
});

describe("outside browsers", () => {
  it("a storage must be given", () => {
    expect(() => createClient({ baseUrl: "https://auth.example.com" })).toThrow(/storage/);
    expect(() => createClient({ baseUrl: "https://auth.example.com", storage: undefined })).toThrow(
      /storage/,
    );
  });

  it("no channel is opened that would keep a process alive", () => {
    const channel = vi.fn<() => void>();
    vi.stubGlobal("BroadcastChannel", channel);
    create("https://auth.example.com");
    expect(channel).not.toHaveBeenCalled();
  });
});

describe("in browsers", () => {
  it("a client without a storage keeps its session in memory", async () => {
    vi.stubGlobal("document", new EventTarget());
    vi.stubGlobal("addEventListener", () => {});
    vi.stubGlobal("BroadcastChannel", undefined);
    const [one, two] = [0, 1].map(() => createClient({ baseUrl: "https://auth.example.com" }));
    if (!one || !two) throw new Error("no client");
    await settled(one.createToken({ email: emailOf("ada"), otp_code: goodCode }));
    expect((await settled(one.getMe())).data).toMatchObject({ id: "ada" });
    expect(codeOf(await settled(two.getMe()))).toBe("not_authenticated");
  });
});

describe("the module", () => {
  it("touches nothing when it is imported", () => {
    const { outputFiles } = buildSync({
      entryPoints: ["client/create-client.ts"],
      bundle: true,
      write: false,
      format: "iife",
      globalName: "lit",
    });
    const touched: string[] = [];
    const names = "fetch document BroadcastChannel crypto localStorage setTimeout addEventListener";
    const context = {};
    for (const name of names.split(" "))
      Object.defineProperty(context, name, { get: () => void touched.push(name) });
    runInNewContext(`${outputFiles[0]?.text}; if (!lit.createClient) throw new Error("no client")`, context);
    expect(touched).toEqual([]);
    expect(JSON.parse(readFileSync("client/package.json", "utf8"))).toMatchObject({ sideEffects: false });
  });
});
