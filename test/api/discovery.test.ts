import { decodeJwt } from "jose";
import { describe, expect, it } from "vitest";
import { send, succeed } from "../support/calls/api.ts";
import { signedIn } from "../support/people/people.ts";

const jwksPath = "/.well-known/jwks.json";
const configurationPath = "/.well-known/openid-configuration";

describe("GET /.well-known/", () => {
  it("publishes only the public parts of the keys", async () => {
    const { keys } = await succeed("getKeys");
    expect(keys.length).toBeGreaterThanOrEqual(2);
    for (const key of keys) {
      expect(Object.keys(key).toSorted()).toEqual(["alg", "e", "kid", "kty", "n", "use"]);
      expect(Buffer.from(key.n, "base64url").length).toBe(256);
    }
  });

  it("names the issuer and the claims of the tokens", async () => {
    const configuration = await succeed("getConfiguration");
    const { access } = await signedIn();
    expect(configuration.issuer).toBe(decodeJwt(access).iss);
    expect(configuration.jwks_uri).toBe(`${configuration.issuer}${jwksPath}`);
    const claims = Object.keys(decodeJwt(access)).filter(
      (claim) => !configuration.claims_supported.includes(claim),
    );
    expect(claims).toEqual([]);
  });

  it.each([jwksPath, configurationPath])("makes %s cacheable and answers 304 to its ETag", async (path) => {
    const answer = await send("GET", path);
    expect(answer.headers.get("cache-control")).toBe("public, max-age=300");
    expect(answer.headers.get("access-control-allow-origin")).toBe("*");
    const etag = answer.headers.get("etag") ?? "";
    expect(etag).toMatch(/^"[\w-]+"$/);
    for (const tag of [etag, `W/${etag}`, `"other", ${etag}`]) {
      const again = await send("GET", path, { headers: { "if-none-match": tag } });
      expect([again.status, again.text]).toEqual([304, ""]);
      expect(again.headers.get("etag")).toBe(etag);
    }
    expect((await send("GET", path, { headers: { "if-none-match": '"other"' } })).status).toBe(200);
  });
});
