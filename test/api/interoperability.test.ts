import { readFileSync } from "node:fs";
import { join } from "node:path";
import { createRemoteJWKSet, decodeJwt, jwtVerify } from "jose";
import { describe, expect, it } from "vitest";
import { succeed } from "../support/calls/api.ts";
import { signedIn } from "../support/people/people.ts";
import { djangoRecipe } from "../support/recipes/recipes.ts";
import { pythonWithPackages, runPython } from "../support/python/python.ts";
import { baseUrl } from "../support/stacks/target-urls.ts";

const python = await pythonWithPackages();
const jwksUrl = () => `${baseUrl()}/.well-known/jwks.json`;

const djangoLine =
  /^SIMPLE_JWT = .*$/m.exec(readFileSync(join(import.meta.dirname, "../../docs/api.md"), "utf8"))?.[0] ?? "";

// The same lines as in docs/api.md, "Check our tokens in your service".
const nodeService = (issuer: string) => {
  const keys = createRemoteJWKSet(new URL(jwksUrl()));
  return async (authorization: string) => {
    const { payload } = await jwtVerify(authorization.replace(/^Bearer /, ""), keys, {
      issuer,
      audience: "lit-auth",
      typ: "at+jwt",
      algorithms: ["RS256"],
    });
    return payload.sub;
  };
};

describe("access token in another service", () => {
  it("verifies with jose in Node, unlike refresh and forged tokens [ASVS 7.6.1, 9.2.3]", async () => {
    const { id, access, refresh } = await signedIn();
    const check = nodeService((await succeed("getConfiguration")).issuer);
    expect(await check(`Bearer ${access}`)).toBe(id);
    await expect(check(`Bearer ${refresh}`)).rejects.toThrow("typ");
    await expect(check(`Bearer ${access.slice(0, -8)}AAAAAAAA`)).rejects.toThrow("signature");
  });

  // Skipped only if Python's packages can't be installed, which `pythonWithPackages` reports.
  it.skipIf(python === undefined)("verifies with PyJWT and with simplejwt's JWK_URL in Django", async () => {
    const { id, access, refresh } = await signedIn();
    const { issuer } = await succeed("getConfiguration");
    const now = decodeJwt(access).iat ?? 0;
    const forgery = `${access.slice(0, -8)}AAAAAAAA`;
    const lines = [
      `${now} ${access}`,
      `${now} ${refresh}`,
      `${now} ${forgery}`,
      `${now - 2} ${access}`,
      `${now - 60} ${access}`,
    ];
    const parameters = [issuer, "lit-auth", jwksUrl(), djangoLine, djangoRecipe()];
    const output = await runPython(python ?? "", "check_token.py", parameters, lines.join("\n"));
    const [valid, asRefresh, forged, ...behind] = output
      .trim()
      .split("\n")
      .map((line) => JSON.parse(line));
    expect(valid).toEqual({ pyjwt: id, simplejwt: id, view: { of: id } });
    expect(asRefresh).toMatchObject({ simplejwt: "refused: InvalidToken", view: 401 });
    expect(forged).toEqual({
      pyjwt: "refused: InvalidSignatureError",
      simplejwt: "refused: InvalidToken",
      view: 401,
    });
    // Without a leeway, PyJWT refuses a token as soon as the clock is a second behind.
    expect(behind).toEqual([
      { pyjwt: "refused: ImmatureSignatureError", simplejwt: id, view: { of: id } },
      { pyjwt: "refused: ImmatureSignatureError", simplejwt: "refused: InvalidToken", view: 401 },
    ]);
  });

  it("has the claims that API Gateway's authorizers need", async () => {
    const { access } = await signedIn();
    const claims = decodeJwt(access);
    // AWS, "Control access to HTTP APIs with JWT authorizers": kid, iss, aud, exp, iat, nbf if
    // present; RSA only.
    expect(claims).toMatchObject({
      iss: expect.any(String),
      aud: expect.any(String),
      exp: expect.any(Number),
      iat: expect.any(Number),
    });
    expect(claims.nbf ?? 0).toBeLessThanOrEqual(Date.now() / 1000);
    expect(typeof claims.sub).toBe("string");
  });
});
